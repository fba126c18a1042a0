/** Rules for probes and lifecycle hooks (pkg/apis/core/validation: validateProbe, validateLifecycle, validateHandler). */
import type { Field } from "../field";
import { headerName, portName } from "../syntax";
import type { Pod } from "./containers";

type ProbeName = "livenessProbe" | "readinessProbe" | "startupProbe";

/** In the order in which the API server looks; a second one is one too many. */
const PROBE_HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"];
const HOOK_HANDLERS = ["exec", "httpGet", "tcpSocket", "sleep"];

export function validateProbe(probe: Field, name: ProbeName, pod: Pod): void {
  if (!probe.isSet || probe.isUnknown) return;
  validateHandler(probe, PROBE_HANDLERS, pod);
  for (const field of [
    ...["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"],
  ]) {
    probe.child(field).atLeastZero();
  }
  const grace = probe.child("terminationGracePeriodSeconds");
  if (grace.number !== undefined && grace.number <= 0) grace.invalid("must be greater than 0");
  const successes = probe.child("successThreshold");
  if (name === "readinessProbe") {
    if (grace.isSet) grace.invalid("must not be set for readinessProbes");
  } else if (successes.number !== 1) successes.invalid("must be 1");
}

export function validateLifecycle(lifecycle: Field, pod: Pod): void {
  for (const name of ["postStart", "preStop"]) {
    const hook = lifecycle.child(name);
    if (hook.isSet && !hook.isUnknown) validateHandler(hook, HOOK_HANDLERS, pod);
  }
  const signal = lifecycle.child("stopSignal");
  if (signal.isSet && !pod.spec.child("os").isSet)
    signal.forbidden("may not be set for containers with empty `spec.os.name`");
}

function validateHandler(owner: Field, kinds: readonly string[], pod: Pod): void {
  const [first, ...more] = kinds.filter((kind) => owner.child(kind).isSet);
  if (first === undefined) owner.required("must specify a handler type");
  else validateAction(owner.child(first), first, pod);
  for (const kind of more) owner.child(kind).forbidden("may not specify more than 1 handler type");
}

function validateAction(action: Field, kind: string, pod: Pod): void {
  if (action.isUnknown) return;
  switch (kind) {
    case "exec":
      if (action.child("command").isEmpty) action.child("command").required();
      return;
    case "httpGet":
      validateRequest(action);
      return;
    case "sleep":
      validateSleep(action, pod.graceSeconds);
      return;
    default:
      validatePort(action.child("port"));
  }
}

function validateRequest(request: Field): void {
  if (request.child("path").text === "") request.child("path").required();
  validatePort(request.child("port"));
  request.child("scheme").oneOf(["HTTP", "HTTPS"]);
  for (const header of request.child("httpHeaders").items) {
    header.child("name").as(`${request.path}.httpHeaders`).follows(headerName);
  }
}

function validateSleep(sleep: Field, graceSeconds: number | undefined): void {
  const seconds = sleep.child("seconds").number;
  if (graceSeconds === undefined || seconds === undefined || (seconds >= 0 && seconds <= graceSeconds))
    return;
  sleep.invalid(
    `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`,
    seconds,
  );
}

/** A number, or the name of a port. */
export function validatePort(port: Field): void {
  if (port.number !== undefined || !port.isSet) port.withinOrZero(1, 65535);
  else port.follows(portName);
}
