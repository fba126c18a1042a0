/** Names that azure-native makes up for resources without one (`autonaming_test.go` in pulumi-azure-native). */
import { randomBytes } from "node:crypto";
import type { CheckRequest } from "../provider/backend";
import { text } from "../provider/values";
import type { AzureType, NameRule } from "./resourceType";

/** azure-native's note that a replacement may be created first, because the name is not fixed. */
export const CREATE_BEFORE_DELETE = "__createBeforeDelete";

export interface AutoName {
  readonly name: string;
  readonly random: boolean;
}

/** The name of an earlier deployment stays. */
export function autoName(type: AzureType, request: CheckRequest): AutoName {
  const own = type.shape.parameters.at(-1) ?? "name";
  const earlier = text(request.olds, own);
  const random = type.autoName === "random";
  if (earlier !== undefined) return { name: earlier, random: random && CREATE_BEFORE_DELETE in request.olds };
  if (type.autoName === "copy") return { name: request.name, random };
  const seed = Buffer.from(request.randomSeed.length > 0 ? request.randomSeed : randomBytes(16));
  const hex = seed.toString("hex").padEnd(32, "0");
  if (type.autoName === "uuid") return { name: formatGuid(hex), random: false };
  return { name: `${request.name}${hex.slice(0, 8)}`, random };
}

function formatGuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/** azure-native's own findings about a name, before Azure sees it (`validateProperty` in its provider.go). */
export function nameFailures(property: string, name: string, rule: NameRule): string[] {
  const failures: string[] = [];
  if (name.length < rule.minLength) {
    failures.push(
      `'${property}' is too short (${name.length}): at least ${rule.minLength} characters required`,
    );
  }
  if (name.length > rule.maxLength) {
    failures.push(`'${property}' is too long (${name.length}): at most ${rule.maxLength} characters allowed`);
  }
  if (!rule.pattern.test(name))
    failures.push(`'${property}' does not match expression '${rule.pattern.source}'`);
  return failures;
}
