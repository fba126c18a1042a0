import type { PolicyConfigSchema } from "@pulumi/policy";

import type { Finding } from "./finding";

/** A resource that a policy spares, given in the configuration of that policy under `exemptions`. */
export interface Exemption {
  /** The resource's name or URN; `*` stands for any characters. Something beside `*` is required. */
  readonly resource: string;
  /** Why, for whoever reviews it: 10 characters or more. */
  readonly reason: string;
}

const MIN_REASON_LENGTH = 10;

/**
 * What the engine checks before it hands the configuration to a policy. It holds shapes and lengths, which the engine
 * explains well ("String length must be greater than or equal to 10"); the rest is explained by {@link readExemptions}.
 */
export const exemptionsSchema: PolicyConfigSchema = {
  properties: {
    exemptions: {
      type: "array",
      description: "Resources that this policy spares, each with the reason.",
      default: [],
      items: {
        type: "object",
        required: ["resource", "reason"],
        additionalProperties: false,
        properties: {
          resource: { type: "string", minLength: 1 },
          reason: { type: "string", minLength: MIN_REASON_LENGTH },
        },
      },
    },
  },
};

export interface Exemptions {
  readonly valid: readonly Exemption[];
  /** What is wrong with the others; a policy reports these, so that no misspelt exemption goes unseen. */
  readonly problems: readonly Finding[];
}

/** Reads a policy's configuration; the engine gives `{}` where a stack configures nothing. */
export function readExemptions({ exemptions = [] }: { readonly exemptions?: unknown }): Exemptions {
  if (!Array.isArray(exemptions)) {
    return { valid: [], problems: [problem("exemptions", exemptions, "a list", "put it in a list")] };
  }
  const entries: readonly unknown[] = exemptions;
  const problems = entries.flatMap(problemsOf);
  return { valid: problems.length === 0 ? (entries as readonly Exemption[]) : [], problems };
}

/** The first exemption whose pattern is the resource's whole name or whole URN. */
export function exemptionFor(
  { name, urn }: { readonly name: string; readonly urn: string },
  exemptions: readonly Exemption[],
): Exemption | undefined {
  return exemptions.find(({ resource }) => {
    const pattern = globPattern(resource);
    return pattern.test(name) || pattern.test(urn);
  });
}

function problemsOf(entry: unknown, index: number): Finding[] {
  const at = `exemptions[${index}]`;
  if (typeof entry !== "object" || entry === null) {
    return [problem(at, entry, "{ resource, reason }", "name the resource and the reason")];
  }
  const { resource, reason } = entry as Partial<Record<keyof Exemption, unknown>>;
  const problems: Finding[] = [];
  if (typeof resource !== "string" || !/[^*\s]/.test(resource)) {
    const allowed = "a resource name or URN, in which * stands for any characters";
    const fix = "name the resource; to switch a policy off set its enforcementLevel";
    problems.push(problem(`${at}.resource`, resource, allowed, fix));
  }
  if (typeof reason !== "string" || reason.trim().length < MIN_REASON_LENGTH) {
    const allowed = `${MIN_REASON_LENGTH} characters or more`;
    problems.push(problem(`${at}.reason`, reason, allowed, "say why the resource is spared"));
  }
  return problems;
}

function problem(at: string, got: unknown, allowed: string, fix: string): Finding {
  return { at: `policy configuration ${at}`, got, allowed, fix };
}

function globPattern(glob: string): RegExp {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${glob.split("*").map(literal).join(".*")}$`, "s");
}
