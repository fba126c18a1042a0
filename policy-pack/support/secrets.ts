/**
 * Which values are secret. The engine marks them, and @pulumi/policy 1.21.0 takes the marks off before a policy sees the
 * resource (deserialize.js), so that they are noted there: whatever a policy reports is held against them.
 */
import * as deserialize from "@pulumi/policy/deserialize";

/** Marks of `sdk/nodejs/runtime/rpc.ts` in pulumi/pulumi. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** A shorter text may be part of another one by chance. */
const LEAST_PART = 4;

const noted = new Set<unknown>();

/** Notes the secrets of every resource that is judged from now on. @throws where the SDK is not as it was */
export function watchSecrets(): void {
  const original = deserialize.deserializeProperties;
  if (typeof original !== "function") {
    throw new Error(
      "@pulumi/policy no longer exports deserializeProperties: support/secrets.ts must be revised",
    );
  }
  const watched: typeof original = (struct, proxySecrets) => {
    noteSecrets(struct.toJavaScript());
    return original(struct, proxySecrets);
  };
  Object.assign(deserialize, { deserializeProperties: watched });
}

/** @param value properties as the engine sends them */
export function noteSecrets(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const isMarked = SIGNATURE in value && value[SIGNATURE] === SECRET && "value" in value;
  if (isMarked) for (const leaf of leavesOf(value.value)) noted.add(leaf);
  for (const part of Object.values(value)) noteSecrets(part);
}

/** Whether a value is a secret, or has one in it. */
export function isSecret(value: unknown): boolean {
  return leavesOf(value).some((leaf) => noted.has(leaf) || (typeof leaf === "string" && hasSecret(leaf)));
}

function hasSecret(text: string): boolean {
  return [...noted].some(
    (secret) => typeof secret === "string" && secret.length >= LEAST_PART && text.includes(secret),
  );
}

/** Texts, numbers and switches, wherever they are; nothing that is absent or empty. */
function leavesOf(value: unknown): unknown[] {
  if (value === undefined || value === null || value === "") return [];
  return typeof value === "object" ? Object.values(value).flatMap(leavesOf) : [value];
}
