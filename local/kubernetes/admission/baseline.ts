/**
 * The Baseline level of the Pod Security Standards, one entry a control.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline; wording:
 * k8s.io/pod-security-admission, policy/check_*.go.
 */
import {
  allContainers,
  anyContextCheck,
  containerCheck,
  containersNamed,
  contextOf,
  handlersOf,
  hasOwnUsers,
  quoted,
  type PodCheck,
} from "./checks";

const CAPABILITIES: ReadonlySet<string> = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
]);

const SYSCTLS: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

const PROFILE_TYPES: ReadonlySet<string> = new Set(["Localhost", "RuntimeDefault"]);

const SELINUX_TYPES: ReadonlySet<string> = new Set([
  "",
  "container_engine_t",
  "container_init_t",
  "container_kvm_t",
  "container_t",
]);

const SELINUX_USER = "user may not be set";
const SELINUX_ROLE = "role may not be set";

const appArmor = anyContextCheck(
  "forbidden AppArmor profile",
  ({ appArmorProfile }) =>
    appArmorProfile === undefined || PROFILE_TYPES.has(appArmorProfile.type ?? "")
      ? []
      : [appArmorProfile.type ?? ""],
  (values) => `must not set AppArmor profile type to ${quoted(values)}`,
);

export const capabilities: PodCheck = (spec) => {
  const added = new Set<string>();
  const names = allContainers(spec).filter((container) => {
    const bad = (contextOf(container).capabilities?.add ?? []).filter((name) => !CAPABILITIES.has(name));
    for (const name of bad) added.add(name);
    return bad.length > 0;
  });
  if (names.length === 0) return undefined;
  return {
    reason: "non-default capabilities",
    detail: `${containersNamed(names.map(({ name }) => name))} must not include ${quoted([...added].sort())} in securityContext.capabilities.add`,
  };
};

const hostNamespaces: PodCheck = (spec) => {
  const used = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field] === true);
  if (used.length === 0) return undefined;
  return { reason: "host namespaces", detail: used.map((field) => `${field}=true`).join(", ") };
};

export const hostPathVolumes: PodCheck = (spec) => {
  const names = (spec.volumes ?? []).filter((volume) => volume["hostPath"] !== undefined);
  if (names.length === 0) return undefined;
  const word = names.length === 1 ? "volume" : "volumes";
  return { reason: "hostPath volumes", detail: `${word} ${quoted(names.map(({ name }) => name))}` };
};

const hostPorts: PodCheck = (spec) => {
  const ports = new Set<number>();
  const names = allContainers(spec).filter((container) => {
    const bad = (container.ports ?? []).flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [hostPort]));
    for (const port of bad) ports.add(port);
    return bad.length > 0;
  });
  if (names.length === 0) return undefined;
  const verb = names.length === 1 ? "uses" : "use";
  const word = ports.size === 1 ? "hostPort" : "hostPorts";
  const listed = [...ports].sort((a, b) => a - b).join(", ");
  return {
    reason: "hostPort",
    detail: `${containersNamed(names.map(({ name }) => name))} ${verb} ${word} ${listed}`,
  };
};

/** Probes and hooks that ask another host would let the kubelet ask it. */
const handlerHosts: PodCheck = (spec) => {
  const hosts = new Set<string>();
  const names = allContainers(spec).filter((container) => {
    const bad = handlersOf(container).flatMap(({ httpGet, tcpSocket }) =>
      [httpGet?.host ?? "", tcpSocket?.host ?? ""].filter((host) => host !== ""),
    );
    for (const host of bad) hosts.add(host);
    return bad.length > 0;
  });
  if (names.length === 0) return undefined;
  const verb = names.length === 1 ? "uses" : "use";
  const word = hosts.size === 1 ? "probe or lifecycle host" : "probe or lifecycle hosts";
  const containers = containersNamed(names.map(({ name }) => name).sort());
  return {
    reason: "probe or lifecycle host",
    detail: `${containers} ${verb} ${word} ${quoted([...hosts].sort())}`,
  };
};

const privileged = containerCheck(
  "privileged",
  (context) => context.privileged === true,
  "must not set securityContext.privileged=true",
);

const procMount: PodCheck = (spec) => {
  if (hasOwnUsers(spec)) return undefined;
  const bad = allContainers(spec).filter(
    (container) => (contextOf(container).procMount ?? "Default") !== "Default",
  );
  if (bad.length === 0) return undefined;
  const values = quoted([...new Set(bad.map((container) => contextOf(container).procMount ?? ""))].sort());
  return {
    reason: "procMount",
    detail: `${containersNamed(bad.map(({ name }) => name))} must not set securityContext.procMount to ${values}`,
  };
};

const seLinux = anyContextCheck(
  "seLinuxOptions",
  ({ seLinuxOptions: options }) => {
    const { type = "", user = "", role = "" } = options ?? {};
    return [
      ...(SELINUX_TYPES.has(type) ? [] : [type]),
      ...(user === "" ? [] : [SELINUX_USER]),
      ...(role === "" ? [] : [SELINUX_ROLE]),
    ];
  },
  (values) => {
    const types = values.filter((value) => value !== SELINUX_USER && value !== SELINUX_ROLE);
    const parts = [
      ...(types.length === 0 ? [] : [`type${types.length === 1 ? "" : "s"} ${quoted(types)}`]),
      ...[SELINUX_USER, SELINUX_ROLE].filter((value) => values.includes(value)),
    ];
    return `set forbidden securityContext.seLinuxOptions: ${parts.join("; ")}`;
  },
);

export const seccomp = anyContextCheck(
  "seccompProfile",
  ({ seccompProfile }) =>
    seccompProfile === undefined || PROFILE_TYPES.has(seccompProfile.type ?? "")
      ? []
      : [seccompProfile.type ?? ""],
  (values) => `must not set securityContext.seccompProfile.type to ${quoted(values)}`,
);

const sysctls: PodCheck = (spec) => {
  const bad = (spec.securityContext?.sysctls ?? [])
    .map(({ name }) => name)
    .filter((name) => !SYSCTLS.has(name));
  if (bad.length === 0) return undefined;
  return { reason: "forbidden sysctls", detail: bad.join(", ") };
};

const windowsHostProcess = anyContextCheck(
  "hostProcess",
  ({ windowsOptions }) => (windowsOptions?.hostProcess === true ? ["true"] : []),
  () => "must not set securityContext.windowsOptions.hostProcess=true",
);

/** In the order in which the API server reports them. */
export const BASELINE: readonly PodCheck[] = [
  appArmor,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  handlerHosts,
  privileged,
  procMount,
  seLinux,
  seccomp,
  sysctls,
  windowsHostProcess,
];
