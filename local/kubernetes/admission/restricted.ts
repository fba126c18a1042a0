/**
 * The Restricted level of the Pod Security Standards: what it asks beyond Baseline.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted; wording:
 * k8s.io/pod-security-admission, policy/check_*.go.
 */
import { BASELINE, capabilities, hostPathVolumes, seccomp } from "./baseline";
import {
  allContainers,
  anyContextCheck,
  containerCheck,
  containersNamed,
  contextOf,
  hasOwnUsers,
  quoted,
  unlessWindows,
  type PodCheck,
} from "./checks";

const VOLUME_TYPES: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

const privilegeEscalation = unlessWindows(
  containerCheck(
    "allowPrivilegeEscalation != false",
    (context) => context.allowPrivilegeEscalation !== false,
    "must set securityContext.allowPrivilegeEscalation=false",
  ),
);

const unrestrictedCapabilities: PodCheck = unlessWindows((spec) => {
  const keeping: string[] = [];
  const adding: string[] = [];
  const added = new Set<string>();
  for (const container of allContainers(spec)) {
    const { add = [], drop = [] } = contextOf(container).capabilities ?? {};
    if (!drop.includes("ALL")) keeping.push(container.name);
    const bad = add.filter((name) => name !== "NET_BIND_SERVICE");
    for (const name of bad) added.add(name);
    if (bad.length > 0) adding.push(container.name);
  }
  const details = [];
  if (keeping.length > 0) {
    details.push(`${containersNamed(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  }
  if (adding.length > 0) {
    const names = quoted([...added].sort());
    details.push(`${containersNamed(adding)} must not include ${names} in securityContext.capabilities.add`);
  }
  if (details.length === 0) return undefined;
  return { reason: "unrestricted capabilities", detail: details.join("; ") };
});

const volumeTypes: PodCheck = (spec) => {
  const types = new Set<string>();
  const names = (spec.volumes ?? []).filter((volume) => {
    const type = Object.keys(volume).find((key) => key !== "name" && volume[key] !== null) ?? "emptyDir";
    if (VOLUME_TYPES.has(type)) return false;
    types.add(type);
    return true;
  });
  if (names.length === 0) return undefined;
  const [volume, uses] = names.length === 1 ? ["volume", "uses"] : ["volumes", "use"];
  const word = types.size === 1 ? "type" : "types";
  return {
    reason: "restricted volume types",
    detail: `${volume} ${quoted(names.map(({ name }) => name))} ${uses} restricted volume ${word} ${quoted([...types].sort())}`,
  };
};

const runAsNonRoot: PodCheck = (spec) => {
  if (hasOwnUsers(spec)) return undefined;
  const reason = "runAsNonRoot != true";
  const podValue = spec.securityContext?.runAsNonRoot;
  const containers = allContainers(spec);
  const refusing = containers.filter((container) => contextOf(container).runAsNonRoot === false);
  const setters = [
    ...(podValue === false ? ["pod"] : []),
    ...(refusing.length === 0 ? [] : [containersNamed(refusing.map(({ name }) => name))]),
  ];
  if (setters.length > 0) {
    return { reason, detail: `${setters.join(" and ")} must not set securityContext.runAsNonRoot=false` };
  }
  const silent = containers.filter((container) => contextOf(container).runAsNonRoot === undefined);
  if (silent.length === 0 || podValue === true) return undefined;
  const named = containersNamed(silent.map(({ name }) => name));
  return { reason, detail: `pod or ${named} must set securityContext.runAsNonRoot=true` };
};

const rootUser = anyContextCheck(
  "runAsUser=0",
  (context) => (context.runAsUser === 0 ? ["0"] : []),
  () => "must not set runAsUser=0",
);

const runAsUser: PodCheck = (spec) => (hasOwnUsers(spec) ? undefined : rootUser(spec));

const seccompProfile: PodCheck = unlessWindows((spec) => {
  const unconfined = seccomp(spec);
  if (unconfined !== undefined) return unconfined;
  if (spec.securityContext?.seccompProfile !== undefined) return undefined;
  const silent = allContainers(spec).filter((container) => contextOf(container).seccompProfile === undefined);
  if (silent.length === 0) return undefined;
  const named = containersNamed(silent.map(({ name }) => name));
  return {
    reason: "seccompProfile",
    detail: `pod or ${named} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
});

/** Baseline controls that a stricter one of this level stands in for. */
const REPLACED: ReadonlySet<PodCheck> = new Set([capabilities, hostPathVolumes, seccomp]);

/** In the order in which the API server reports them. */
export const RESTRICTED: readonly PodCheck[] = [
  ...BASELINE.filter((check) => !REPLACED.has(check)),
  privilegeEscalation,
  unrestrictedCapabilities,
  volumeTypes,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
];
