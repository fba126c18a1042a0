/**
 * Prints, for bootstrap's shell scripts, what follows from a stack's settings (names, and what it asks of the
 * subscription), one `key=value` a line:
 *   node --require @swc-node/register bootstrap/names.ts STACK SUBSCRIPTION_ID
 * Tags come last, one `tag=key=value` a line.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

import { NAME_LIMITS, Names } from "../config/naming";
import { completeSettings } from "../config/parse";
import { REGIONS } from "../config/regions";
import type { Settings } from "../config/schema";
import { buildTags } from "../config/tags";

/** Azure's limit (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
const VAULT = /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/;

const PROJECT_PREFIX = "aks-platform:";

/**
 * What keeps a stack's state, what the stack asks of the subscription, and the stack's tags.
 * @param stackFile the parsed `Pulumi.<stack>.yaml`
 * @throws Error that says what, got, allowed, fix
 */
export function bootstrapNames(stack: string, subscriptionId: string, stackFile: unknown): string[] {
  const { naming, tags, location, network, security } = readSettings(stack, stackFile);
  const names = new Names(naming);
  const account = names.global("st", subscriptionId, NAME_LIMITS.storageAccount);
  const vault = checked(stack, "key vault", names.globalHost("kv", subscriptionId), VAULT);
  return [
    `location=${location}`,
    `zones=${REGIONS[location]?.zones ?? false}`,
    `resource_group=${names.of("state-rg")}`,
    `shared_resource_group=${names.of("rg")}`,
    `account=${account}`,
    `vault=${vault}`,
    `preview_app=${names.of("github-preview")}`,
    `runner_resource_group=${network.runnerNetwork?.resourceGroup ?? ""}`,
    `runner_network=${network.runnerNetwork?.virtualNetwork ?? ""}`,
    `encryption_at_host=${security.encryptionAtHost}`,
    `defender=${security.defender}`,
    ...Object.entries(buildTags({ project: naming.project, environment: naming.environment, ...tags })).map(
      ([key, value]) => `tag=${key}=${value}`,
    ),
  ];
}

/** The stack's settings, completed from its profile as the program completes them. */
function readSettings(stack: string, stackFile: unknown): Settings {
  const { config = {} } = (stackFile ?? {}) as { readonly config?: Readonly<Record<string, unknown>> };
  const own = Object.entries(config).filter(([key]) => key.startsWith(PROJECT_PREFIX));
  const values = Object.fromEntries(own.map(([key, value]) => [key.slice(PROJECT_PREFIX.length), value]));
  try {
    return completeSettings({ ...values, location: config["azure-native:location"] });
  } catch (error) {
    throw new Error(
      `Pulumi.${stack}.yaml cannot be used. ${(error as Error).message}\n` +
        "Fix: correct it; `make preview` checks all of it.",
      { cause: error },
    );
  }
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
