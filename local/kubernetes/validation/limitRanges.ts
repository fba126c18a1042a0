/** Rules for limit ranges (k8s.io/kubernetes v1.35.4, pkg/apis/core/validation: ValidateLimitRange). */
import { exceeds } from "../quantity";
import type { Field } from "./field";
import { allowsOvercommit, validateContainerResourceName, validateResourceName } from "./resourceNames";
import { qualifiedName, quantityOf } from "./syntax";

const TYPES = ["Container", "PersistentVolumeClaim", "Pod"];
const PLACES = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;

export function validateLimitRange(range: Field): void {
  const seen = new Set<string>();
  for (const limit of range.child("spec", "limits").items) {
    const type = limit.child("type");
    type.follows(qualifiedName);
    if (type.text !== "" && !type.text.includes("/") && !TYPES.includes(type.text))
      type.invalid("must be a standard limit type or fully qualified");
    if (seen.has(type.text)) type.duplicate();
    seen.add(type.text);
    validateLimit(limit, type.text);
  }
}

function validateLimit(limit: Field, type: string): void {
  const names = new Set<string>();
  for (const place of PLACES) {
    const field = limit.child(place);
    if (type === "Pod" && place.startsWith("default")) {
      if (!field.isEmpty) field.forbidden("may not be specified when `type` is 'Pod'");
      continue;
    }
    for (const [name, amount] of field.entries) {
      if (type === "Pod" || type === "Container") validateContainerResourceName(amount, name);
      else validateResourceName(amount, name);
      names.add(name);
    }
  }
  const hasStorage = ["min", "max"].some((place) => limit.child(place).child("storage").isSet);
  if (type === "PersistentVolumeClaim" && !hasStorage) {
    limit
      .child("limits")
      .required("either minimum or maximum storage value is required, but neither was provided");
  }
  for (const name of names) compare(limit, type, name);
}

interface Amount {
  readonly field: Field;
  readonly value: number;
}

/** The bounds of one resource: least, request, limit and most are in this order. */
function compare(limit: Field, type: string, name: string): void {
  const amount = (place: (typeof PLACES)[number]): Amount | undefined => {
    const found = limit.child(place).entries.find(([key]) => key === name)?.[1];
    const isLeftOut = type === "Pod" && place.startsWith("default");
    if (found === undefined || found.isUnknown || isLeftOut) return undefined;
    return { field: found, value: quantityOf(found.text) };
  };
  const [least, most, preset] = [amount("min"), amount("max"), amount("default")];
  const [request, ratio] = [amount("defaultRequest"), amount("maxLimitRequestRatio")];
  refuse(least, most, least, (low, high) => `min value ${low} is greater than max value ${high}`);
  refuse(
    least,
    request,
    request,
    (low, high) => `min value ${low} is greater than default request value ${high}`,
  );
  refuse(
    request,
    most,
    request,
    (low, high) => `default request value ${low} is greater than max value ${high}`,
  );
  refuse(
    request,
    preset,
    request,
    (low, high) => `default request value ${low} is greater than default limit value ${high}`,
  );
  refuse(
    least,
    preset,
    preset,
    (low, high) => `min value ${low} is greater than default value ${high}`,
    least,
  );
  refuse(preset, most, preset, (low, high) => `default value ${low} is greater than max value ${high}`, most);
  if (ratio === undefined) return;
  if (exceeds(1, ratio.value)) ratio.field.invalid(`ratio ${shown(ratio)} is less than 1`, shown(ratio));
  if (least === undefined || most === undefined) return;
  const allowed = most.value / least.value;
  if (ratio.value > allowed)
    ratio.field.invalid(`ratio ${shown(ratio)} is greater than max/min = ${allowed.toFixed(6)}`);
  if (allowsOvercommit(name) || preset === undefined || request === undefined) return;
  if (preset.value !== request.value)
    request.field.invalid(
      `default value ${shown(preset)} must equal to defaultRequest value ${shown(request)} in ${name}`,
    );
}

/** Where the lower amount exceeds the higher one. @param printed the amount that the message shows as the value */
function refuse(
  low: Amount | undefined,
  high: Amount | undefined,
  at: Amount | undefined,
  message: (low: string, high: string) => string,
  printed = at,
): void {
  if (low === undefined || high === undefined || at === undefined || !exceeds(low.value, high.value)) return;
  at.field.invalid(message(shown(low), shown(high)), printed?.field.value);
}

/** As Kubernetes prints an amount: a fraction in thousandths. */
function shown({ field, value }: Amount): string {
  const isFraction = /^[\d.]+$/.test(field.text) && !Number.isInteger(value);
  return isFraction ? `${Math.ceil(value * 1000)}m` : field.text;
}
