import { podDropAllCapabilities } from "../../policy-pack/policies/pod/dropAllCapabilities";
import { podNoHostNamespaces } from "../../policy-pack/policies/pod/noHostNamespaces";
import { podNoHostPath } from "../../policy-pack/policies/pod/noHostPath";
import { podNoHostPorts } from "../../policy-pack/policies/pod/noHostPorts";
import { podNoPrivileged } from "../../policy-pack/policies/pod/noPrivileged";
import { podNoPrivilegeEscalation } from "../../policy-pack/policies/pod/noPrivilegeEscalation";
import { podReadOnlyRootFilesystem } from "../../policy-pack/policies/pod/readOnlyRootFilesystem";
import { podRunAsNonRoot } from "../../policy-pack/policies/pod/runAsNonRoot";
import { podSeccompProfile } from "../../policy-pack/policies/pod/seccompProfile";
import { UNKNOWN } from "../support/policy";
import { edit, everywhere, inherited, MAIN, onPod, POD } from "./cases";
import type { PolicyCase } from "./cases";

export const podSecurityCases: readonly PolicyCase[] = [
  {
    ...onPod,
    policy: podRunAsNonRoot,
    broken: [
      ...everywhere("securityContext.runAsNonRoot", false),
      ...everywhere("securityContext.runAsUser", 0),
      edit(`${POD}.securityContext.runAsNonRoot`, false, inherited("securityContext.runAsNonRoot")),
      edit(`${POD}.securityContext.runAsNonRoot`, undefined, inherited("securityContext.runAsNonRoot")),
      edit(`${POD}.securityContext`, null, inherited("securityContext.runAsNonRoot")),
      edit(`${POD}.securityContext.runAsUser`, 0),
    ],
    accepted: [
      ...everywhere("securityContext.runAsNonRoot", true),
      edit(`${MAIN}.securityContext.runAsUser`, 1),
    ],
    unknown: edit(`${MAIN}.securityContext.runAsNonRoot`, UNKNOWN.boolean),
  },
  {
    ...onPod,
    policy: podNoPrivilegeEscalation,
    broken: [
      ...everywhere("securityContext.allowPrivilegeEscalation", true),
      ...everywhere("securityContext.allowPrivilegeEscalation", undefined),
      edit(`${MAIN}.securityContext`, undefined, [`${MAIN}.securityContext.allowPrivilegeEscalation`]),
    ],
    accepted: [edit(`${POD}.securityContext.runAsNonRoot`, undefined)],
    unknown: edit(`${MAIN}.securityContext.allowPrivilegeEscalation`, UNKNOWN.boolean),
  },
  {
    ...onPod,
    policy: podNoPrivileged,
    broken: [
      ...everywhere("securityContext.privileged", true),
      ...everywhere("securityContext.windowsOptions.hostProcess", true),
      edit(`${POD}.securityContext.windowsOptions.hostProcess`, true),
    ],
    accepted: [
      ...everywhere("securityContext.privileged", false),
      edit(`${MAIN}.securityContext`, undefined),
    ],
    unknown: edit(`${MAIN}.securityContext.privileged`, UNKNOWN.boolean),
  },
  {
    ...onPod,
    policy: podDropAllCapabilities,
    broken: [
      ...everywhere("securityContext.capabilities.drop", undefined),
      ...everywhere("securityContext.capabilities.drop", ["NET_RAW"]),
      ...everywhere("securityContext.capabilities.add[0]", "SYS_ADMIN"),
      edit(
        `${MAIN}.securityContext.capabilities.add`,
        ["NET_BIND_SERVICE", "NET_RAW"],
        [`${MAIN}.securityContext.capabilities.add[1]`],
      ),
    ],
    accepted: everywhere("securityContext.capabilities.add", ["NET_BIND_SERVICE"]),
    unknown: edit(`${MAIN}.securityContext.capabilities.drop`, UNKNOWN.array),
  },
  {
    ...onPod,
    policy: podSeccompProfile,
    broken: [
      ...everywhere("securityContext.seccompProfile.type", "Unconfined"),
      edit(
        `${POD}.securityContext.seccompProfile`,
        undefined,
        inherited("securityContext.seccompProfile.type"),
      ),
      edit(`${POD}.securityContext.seccompProfile.type`, "Unconfined", [
        `${POD}.securityContext.seccompProfile.type`,
        ...inherited("securityContext.seccompProfile.type"),
      ]),
    ],
    accepted: everywhere("securityContext.seccompProfile.type", "Localhost"),
    unknown: edit(`${MAIN}.securityContext.seccompProfile.type`, UNKNOWN.string),
  },
  {
    ...onPod,
    policy: podReadOnlyRootFilesystem,
    broken: [
      ...everywhere("securityContext.readOnlyRootFilesystem", false),
      ...everywhere("securityContext.readOnlyRootFilesystem", undefined),
    ],
    accepted: [edit(`${POD}.volumes`, undefined)],
    unknown: edit(`${MAIN}.securityContext.readOnlyRootFilesystem`, UNKNOWN.boolean),
  },
  {
    ...onPod,
    policy: podNoHostNamespaces,
    broken: ["hostNetwork", "hostPID", "hostIPC"].map((name) => edit(`${POD}.${name}`, true)),
    accepted: ["hostNetwork", "hostPID", "hostIPC"].map((name) => edit(`${POD}.${name}`, false)),
    unknown: edit(`${POD}.hostNetwork`, UNKNOWN.boolean),
  },
  {
    ...onPod,
    policy: podNoHostPath,
    broken: [
      edit(`${POD}.volumes[1]`, { name: "root", hostPath: { path: "/" } }, [`${POD}.volumes[1].hostPath`]),
      edit(`${POD}.volumes[0].hostPath`, { path: UNKNOWN.string }),
    ],
    accepted: [edit(`${POD}.volumes`, undefined), edit(`${POD}.volumes[0].hostPath`, null)],
    unknown: edit(`${POD}.volumes`, UNKNOWN.array),
  },
  {
    ...onPod,
    policy: podNoHostPorts,
    broken: everywhere("ports[0].hostPort", 80),
    accepted: [edit(`${MAIN}.ports[0].hostPort`, 0), edit(`${MAIN}.ports`, undefined)],
    unknown: edit(`${MAIN}.ports[0].hostPort`, UNKNOWN.string),
  },
];
