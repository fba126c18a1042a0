import { podHealthProbes } from "../../policy-pack/policies/pod/healthProbes";
import { podImagePinned } from "../../policy-pack/policies/pod/imagePinned";
import { podResourcesBounded } from "../../policy-pack/policies/pod/resourcesBounded";
import { podTokenOnRequest } from "../../policy-pack/policies/pod/tokenOnRequest";
import { UNKNOWN } from "../support/policy";
import { edit, everywhere, MAIN, onPod, POD } from "./cases";
import type { PolicyCase } from "./cases";

const DIGEST = `sha256:${"0a".repeat(32)}`;

export const podOperationCases: readonly PolicyCase[] = [
  {
    ...onPod,
    policy: podImagePinned,
    broken: [
      ...everywhere("image", "acrplatform.azurecr.io/api:latest"),
      ...["api", "localhost:5000/api", "api@sha256:0a", `api:1@md5:${DIGEST}`, "", undefined].map((image) =>
        edit(`${MAIN}.image`, image),
      ),
    ],
    accepted: [`api@${DIGEST}`, `api:latest@${DIGEST}`, "localhost:5000/api:1", "api:v1"].map((image) =>
      edit(`${MAIN}.image`, image),
    ),
    unknown: edit(`${MAIN}.image`, UNKNOWN.string),
  },
  {
    ...onPod,
    policy: podResourcesBounded,
    broken: [
      edit(`${MAIN}.resources`, undefined, bounds(MAIN)),
      edit(`${POD}.initContainers[1].resources`, {}, bounds(`${POD}.initContainers[1]`)),
      edit(`${MAIN}.resources.requests.cpu`, undefined),
      edit(`${MAIN}.resources.requests.cpu`, "0"),
      edit(`${MAIN}.resources.requests.cpu`, "0m"),
      edit(`${MAIN}.resources.requests.memory`, 0),
      edit(`${MAIN}.resources.limits.memory`, undefined),
    ],
    accepted: [
      edit(`${MAIN}.resources.limits.cpu`, "1"),
      edit(`${MAIN}.resources.requests.memory`, undefined),
      edit(`${MAIN}.resources`, { limits: { cpu: 1, memory: "1Gi" } }),
      edit(`${MAIN}.resources.requests.cpu`, "0.5"),
    ],
    unknown: edit(`${MAIN}.resources.limits.memory`, UNKNOWN.string),
  },
  {
    ...onPod,
    policy: podHealthProbes,
    broken: [MAIN, `${POD}.initContainers[1]`].flatMap((container) => [
      edit(`${container}.livenessProbe`, undefined),
      edit(`${container}.readinessProbe`, undefined),
    ]),
    accepted: [
      edit(`${POD}.initContainers[1].restartPolicy`, "Never"),
      edit(`${POD}.restartPolicy`, "Always"),
    ],
    unknown: edit(`${MAIN}.livenessProbe`, UNKNOWN.object),
  },
  {
    ...onPod,
    policy: podTokenOnRequest,
    broken: [
      edit(`${POD}.automountServiceAccountToken`, undefined),
      edit(`${POD}.automountServiceAccountToken`, null),
    ],
    accepted: [
      edit(`${POD}.automountServiceAccountToken`, true),
      edit("spec.template.metadata.labels", { "azure.workload.identity/use": "true" }),
    ],
    unknown: edit(`${POD}.automountServiceAccountToken`, UNKNOWN.boolean),
  },
];

function bounds(container: string): string[] {
  return ["requests.cpu", "requests.memory", "limits.memory"].map(
    (bound) => `${container}.resources.${bound}`,
  );
}
