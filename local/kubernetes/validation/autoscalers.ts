/** Rules for autoscalers (k8s.io/kubernetes v1.35.4, pkg/apis/autoscaling/validation). */
import type { Field } from "./field";
import { validateContainerResourceName } from "./resourceNames";
import { dnsLabel, pathSegment, quantityOf } from "./syntax";

/** In the order in which the API server looks at them. */
const SOURCES = ["object", "external", "pods", "resource", "containerResource"];
const TYPES = ["ContainerResource", "External", "Object", "Pods", "Resource"];
const MOST_SECONDS = { stabilization: 3600, period: 1800 };

export function validateAutoscaler(autoscaler: Field): void {
  const spec = autoscaler.child("spec");
  const [least, most] = [spec.child("minReplicas"), spec.child("maxReplicas")];
  if (least.number !== undefined && least.number < 1) least.invalid("must be greater than or equal to 1");
  if (!most.isUnknown && (most.number ?? 0) < 1) most.invalid("must be greater than 0", most.value ?? 0);
  if (least.number !== undefined && !most.isUnknown && (most.number ?? 0) < least.number)
    most.invalid("must be greater than or equal to `minReplicas`", most.value ?? 0);
  validateReference(spec.child("scaleTargetRef"), false);
  const metrics = spec.child("metrics");
  for (const metric of metrics.items) validateMetric(metric);
  if (
    least.number === 0 &&
    !metrics.items.some((metric) => ["Object", "External"].includes(metric.child("type").text))
  )
    metrics.forbidden(
      "must specify at least one Object or External metric to support scaling to zero replicas",
    );
  for (const direction of ["scaleUp", "scaleDown"]) validateRules(spec.child("behavior", direction));
}

/** @param allowsCore whether it may be of the group without a name */
function validateReference(reference: Field, allowsCore: boolean): void {
  for (const name of ["kind", "name"]) {
    const field = reference.child(name);
    if (field.text === "") field.required();
    else field.follows(pathSegment);
  }
  const version = reference.child("apiVersion");
  const parts = version.text.split("/");
  if (version.isUnknown) return;
  if (parts.length > 2) version.invalid(`unexpected GroupVersion string: ${version.text}`, version.text);
  else if (!allowsCore && (parts.length < 2 || parts[0] === ""))
    version.invalid("apiVersion must specify API group", version.text);
}

function validateMetric(metric: Field): void {
  const type = metric.child("type");
  if (type.text === "") type.required("must specify a metric source type");
  type.oneOf(TYPES);
  const given = SOURCES.filter((source) => metric.child(source).isSet);
  const [first] = given;
  if (first !== undefined) validateSource(metric.child(first), first);
  const wanted = type.text.charAt(0).toLowerCase() + type.text.slice(1);
  if (TYPES.includes(type.text) && !given.includes(wanted))
    metric.child(wanted).required("must populate information for the given metric source");
  if (given.length === 1) return;
  for (const source of given.filter((name) => name !== wanted))
    metric.child(source).forbidden("must populate the given metric source only");
}

function validateSource(source: Field, kind: string): void {
  const target = source.child("target");
  if (source.isUnknown) return;
  if (kind === "object") validateReference(source.child("describedObject"), true);
  if (["object", "external", "pods"].includes(kind)) validateIdentifier(source.child("metric"));
  else validateResource(source, kind);
  validateTarget(target);
  const [value, average] = [target.child("value"), target.child("averageValue")];
  const utilization = target.child("averageUtilization");
  if (kind === "resource" || kind === "containerResource") {
    if (!utilization.isSet && !average.isSet)
      utilization.required("must set either a target raw value or a target utilization");
    if (utilization.isSet && average.isSet)
      average.forbidden("may not set both a target raw value and a target utilization");
  } else if (kind === "pods") {
    if (!average.isSet) average.required("must specify a positive target averageValue");
  } else if (!value.isSet && !average.isSet) {
    const what =
      kind === "object" ? "target value or averageValue" : "target value for metric or a per-pod target";
    average.required(`must set either a ${what}`);
  } else if (kind === "external" && value.isSet && average.isSet)
    value.forbidden("may not set both a target value for metric and a per-pod target");
}

function validateIdentifier(metric: Field): void {
  const name = metric.child("name");
  if (name.text === "") name.required("must specify a metric name");
  else name.follows(pathSegment);
}

function validateResource(source: Field, kind: string): void {
  const [name, container] = [source.child("name"), source.child("container")];
  if (name.text === "") name.required("must specify a resource name");
  else if (kind === "containerResource") validateContainerResourceName(name, name.text);
  if (kind !== "containerResource") return;
  if (container.text === "") container.required("must specify a container");
  else container.follows(dnsLabel);
}

function validateTarget(target: Field): void {
  const type = target.child("type");
  if (type.text === "") type.required("must specify a metric target type");
  if (!["Utilization", "Value", "AverageValue"].includes(type.text))
    type.invalid("must be either Utilization, Value, or AverageValue", type.text);
  for (const name of ["value", "averageValue"]) {
    const amount = target.child(name);
    if (amount.text !== "" && quantityOf(amount.text) <= 0) amount.invalid("must be positive");
  }
  const utilization = target.child("averageUtilization");
  if (utilization.number !== undefined && utilization.number < 1)
    utilization.invalid("must be greater than 0");
}

function validateRules(rules: Field): void {
  if (!rules.isSet || rules.isUnknown) return;
  const window = rules.child("stabilizationWindowSeconds");
  if (window.number !== undefined && window.number < 0)
    window.invalid("must be greater than or equal to zero");
  validateMost(window, MOST_SECONDS.stabilization);
  const select = rules.child("selectPolicy");
  if (select.isSet) select.oneOf(["Disabled", "Max", "Min"]);
  const policies = rules.child("policies");
  if (policies.isEmpty) policies.required("must specify at least one Policy");
  for (const policy of policies.items) {
    policy.child("type").oneOf(["Percent", "Pods"]);
    for (const name of ["value", "periodSeconds"]) {
      const amount = policy.child(name);
      if (!amount.isUnknown && (amount.number ?? 0) <= 0)
        amount.invalid("must be greater than zero", amount.value ?? 0);
    }
    validateMost(policy.child("periodSeconds"), MOST_SECONDS.period);
  }
  const tolerance = rules.child("tolerance");
  if (tolerance.text !== "" && quantityOf(tolerance.text) < 0)
    tolerance.invalid("must be greater than or equal to 0");
}

function validateMost(seconds: Field, most: number): void {
  if (seconds.number !== undefined && seconds.number > most)
    seconds.invalid(`must be less than or equal to ${most}`);
}
