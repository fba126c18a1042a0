/** What a number or a text must be beyond that: Go's integers have a size, and some texts stand for something else. */
import { UNKNOWN, type Json, type JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";
import type { Kind } from "../kinds";
import { parseQuantity, QUANTITY_RULE } from "../quantity";
import type { FieldIssue } from "../status";

/** Fields of 64 bits (k8s.io/api); all other numbers have 32. */
const LONG: ReadonlySet<string> = new Set([
  ...["activeDeadlineSeconds", "deletionGracePeriodSeconds", "expirationSeconds", "fsGroup", "generation"],
  ...["runAsGroup", "runAsUser", "seconds", "supplementalGroups", "terminationGracePeriodSeconds"],
  "tolerationSeconds",
]);
const MOST_INT32 = 2 ** 31 - 1;

/** Fields of type resource.Quantity (k8s.io/api), as `<type>.<field>`. */
const QUANTITIES: ReadonlySet<string> = new Set([
  ...["value", "averageValue"].map((field) => `autoscaling.v2.MetricTarget.${field}`),
  "autoscaling.v2.HPAScalingRules.tolerance",
  "core.v1.EmptyDirVolumeSource.sizeLimit",
  ...["default", "defaultRequest", "max", "maxLimitRequestRatio", "min"].map(
    (field) => `core.v1.LimitRangeItem.${field}`,
  ),
  "core.v1.PodSpec.overhead",
  "core.v1.ResourceFieldSelector.divisor",
  "core.v1.ResourceQuotaSpec.hard",
  ...["limits", "requests"].flatMap((field) => [
    `core.v1.ResourceRequirements.${field}`,
    `core.v1.VolumeResourceRequirements.${field}`,
  ]),
]);

/** @param field the type that the value is of a field of, and the field's name: `core.v1.Container.image` */
export function scalarIssues(field: string, path: string, value: Json): FieldIssue[] {
  if (typeof value === "number") {
    const most = LONG.has(field.split(".").at(-1) ?? "") ? Number.MAX_SAFE_INTEGER : MOST_INT32;
    const fits = Number.isInteger(value) && value >= -most - 1 && value <= most;
    return fits ? [] : [{ path, message: `Invalid value: ${value}: must be an integer of at most ${most}` }];
  }
  if (typeof value !== "string" || !QUANTITIES.has(field) || parseQuantity(value) !== undefined) return [];
  return [{ path, message: `Invalid value: "${value}": ${QUANTITY_RULE}` }];
}

/** Texts that stand for bytes, by kind. */
const ENCODED: Readonly<Record<string, string>> = { ConfigMap: "binaryData", Secret: "data" };

export function encodedIssues({ kind }: Kind, object: JsonObject): FieldIssue[] {
  const field = ENCODED[kind];
  const data = field === undefined ? undefined : object[field];
  if (field === undefined || !isObject(data)) return [];
  return Object.entries(data)
    .filter(([, value]) => typeof value === "string" && value !== UNKNOWN && !isBase64(value))
    .map(([key]) => ({
      path: `${field}[${key}]`,
      message: "Invalid value: illegal base64 data: use stringData for plain text",
    }));
}

/** As Go decodes it: line breaks do not count. */
function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/[\r\n]/g, ""));
}
