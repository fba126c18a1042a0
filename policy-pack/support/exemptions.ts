import type { PolicyConfigSchema } from "@pulumi/policy";

import { isAbsent } from "./finding";
import type { Finding } from "./finding";

/** A resource that a policy spares, given in the configuration of that policy under `exemptions`. */
export interface Exemption {
  /** The resource's name or URN; `*` stands for any characters. Something beside `*` is required. */
  readonly resource: string;
  /** Why, for whoever reviews it: 10 characters or more. */
  readonly reason: string;
}

const RESOURCE = /[A-Za-z0-9]/;
const REASON = /^\S[\s\S]{8,}\S$/;

/** What the engine checks before it hands the configuration to a policy. */
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
          resource: { type: "string", pattern: RESOURCE.source },
          reason: { type: "string", pattern: REASON.source },
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
  return [
    ...(typeof resource === "string" && RESOURCE.test(resource)
      ? []
      : [
          problem(
            `${at}.resource`,
            resource,
            "a resource name or URN, in which * stands for any characters",
            "name the resource; to switch a policy off set its enforcementLevel",
          ),
        ]),
    ...(typeof reason === "string" && REASON.test(reason)
      ? []
      : [problem(`${at}.reason`, reason, "10 characters or more", "say why the resource is spared")]),
  ];
}

function problem(at: string, got: unknown, allowed: string, fix: string): Finding {
  return { at: `policy configuration ${at}`, got: isAbsent(got) ? undefined : got, allowed, fix };
}

function globPattern(glob: string): RegExp {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${glob.split("*").map(literal).join(".*")}$`, "s");
}
