/**
 * Prints, for bootstrap's shell scripts, the names that follow from a stack's settings, one `key=value` a line:
 *   node --require @swc-node/register bootstrap/names.ts STACK SUBSCRIPTION_ID
 * Tags come last, one `tag=key=value` a line.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

import { NAME_LIMITS, Names } from "../config/naming";
import { settingsSchema } from "../config/schema";
import { networkSchema } from "../config/sections/network";
import { buildTags } from "../config/tags";

/** Azure's limit (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
const VAULT = /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/;

const bootstrapSchema = settingsSchema
  .pick({ naming: true, tags: true, location: true })
  .extend(networkSchema.pick({ runnerNetwork: true }).shape);

/** Names of what keeps a stack's state, with the stack's tags. @throws Error that says what, got, allowed, fix */
export function bootstrapNames(stack: string, subscriptionId: string, settings: unknown): string[] {
  const { naming, tags, location, runnerNetwork } = parseSettings(stack, settings);
  const names = new Names(naming);
  const account = names.global("st", subscriptionId, NAME_LIMITS.storageAccount);
  const vault = checked(stack, "key vault", names.globalHost("kv", subscriptionId), VAULT);
  return [
    `location=${location}`,
    `resource_group=${names.of("state-rg")}`,
    `account=${account}`,
    `vault=${vault}`,
    `preview_app=${names.of("github-preview")}`,
    `runner_resource_group=${runnerNetwork?.resourceGroup ?? ""}`,
    `runner_network=${runnerNetwork?.virtualNetwork ?? ""}`,
    ...Object.entries(buildTags({ project: naming.project, environment: naming.environment, ...tags })).map(
      ([key, value]) => `tag=${key}=${value}`,
    ),
  ];
}

function parseSettings(stack: string, settings: unknown) {
  const { config } = settings as { readonly config?: Readonly<Record<string, unknown>> };
  const tags = config?.["aks-platform:tags"];
  const network = config?.["aks-platform:network"] as { readonly runnerNetwork?: unknown } | undefined;
  const parsed = bootstrapSchema.safeParse({
    location: config?.["azure-native:location"],
    naming: config?.["aks-platform:naming"],
    tags: typeof tags === "object" ? { extra: {}, ...tags } : tags,
    runnerNetwork: network?.runnerNetwork ?? null,
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(
    `Pulumi.${stack}.yaml cannot be used:\n  ${problems.join("\n  ")}\n` +
      "Fix: correct it; `make preview` checks all of it.",
  );
}

function checked(stack: string, what: string, name: string, pattern: RegExp): string {
  if (pattern.test(name)) return name;
  throw new Error(
    `name of the ${what}: got "${name}" (${name.length} characters), allowed: ${pattern.source}.\n` +
      `Fix: shorten naming.prefix, naming.project or naming.environment in Pulumi.${stack}.yaml.`,
  );
}

function main([stack = "", subscriptionId = ""]: readonly string[]): void {
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(file)) {
    const known = readdirSync(".").filter((name) => /^Pulumi\..+\.yaml$/.test(name));
    throw new Error(
      `stack: got "${stack}", allowed: one with a settings file here (${known.join(", ") || "none"}).\n` +
        "Fix: name one of these, and run this from the repository's root folder.",
    );
  }
  process.stdout.write(
    `${bootstrapNames(stack, subscriptionId, parse(readFileSync(file, "utf8"))).join("\n")}\n`,
  );
}

if (require.main === module) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
