/** Values that the API server fills in for pods (k8s.io/kubernetes, pkg/apis/core/v1/defaults.go). */
import type { Json, JsonObject } from "../provider/backend";
import { isObject, object, objects } from "../provider/values";
import { fill, fillAbsent, fillZero } from "./fill";

export function defaultPodSpec(spec: JsonObject): void {
  fillAbsent(spec, { terminationGracePeriodSeconds: 30 });
  fill(spec, {
    restartPolicy: "Always",
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
    securityContext: {},
  });
  const account = spec["serviceAccountName"] ?? "default";
  fill(spec, { serviceAccountName: account, serviceAccount: account });
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const container of objects(spec, list)) defaultContainer(container);
  }
  for (const volume of objects(spec, "volumes")) defaultVolume(volume);
}

function defaultContainer(container: JsonObject): void {
  fill(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(container["image"]),
    resources: {},
  });
  for (const port of objects(container, "ports")) fill(port, { protocol: "TCP" });
  for (const variable of objects(container, "env")) {
    const source = variable["valueFrom"];
    if (isObject(source) && isObject(source["fieldRef"])) fill(source["fieldRef"], { apiVersion: "v1" });
  }
  for (const name of ["startupProbe", "livenessProbe", "readinessProbe"]) {
    const probe = container[name];
    if (!isObject(probe)) continue;
    fillZero(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    defaultRequest(probe);
  }
  for (const name of ["postStart", "preStop"]) defaultRequest(object(container, `lifecycle.${name}`));
}

function defaultRequest(handler: JsonObject): void {
  const request = handler["httpGet"];
  if (isObject(request)) fill(request, { path: "/", scheme: "HTTP" });
}

/** One without a source is an empty folder. */
function defaultVolume(volume: JsonObject): void {
  const hasSource = Object.entries(volume).some(([key, value]) => key !== "name" && value !== null);
  if (!hasSource) volume["emptyDir"] = {};
  for (const source of ["configMap", "secret", "projected", "downwardAPI"]) {
    if (isObject(volume[source])) fillAbsent(volume[source], { defaultMode: 0o644 });
  }
  if (isObject(volume["hostPath"])) fillAbsent(volume["hostPath"], { type: "" });
  for (const source of objects(volume, "projected.sources")) {
    if (isObject(source["serviceAccountToken"]))
      fillAbsent(source["serviceAccountToken"], { expirationSeconds: 3600 });
    defaultPodFiles(object(source, "downwardAPI"));
  }
  defaultPodFiles(object(volume, "downwardAPI"));
}

function defaultPodFiles(source: JsonObject): void {
  for (const item of objects(source, "items")) {
    if (isObject(item["fieldRef"])) fill(item["fieldRef"], { apiVersion: "v1" });
  }
}

/** `latest`, given or implied, is pulled always; a digest or another tag only where it is missing. */
function pullPolicy(image: Json | undefined): string {
  if (typeof image !== "string" || image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}
