import { podSecurityViolation } from "../../local/kubernetes/admission/podSecurity";
import type { Container, KubeObject, PodSpec, SecurityContext } from "../../local/kubernetes/types";

/** Passes the Restricted level. */
const GOOD: SecurityContext = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

function pod(
  context: SecurityContext = {},
  more: Partial<PodSpec> = {},
  container: Partial<Container> = {},
): PodSpec {
  return {
    containers: [{ name: "a", image: "i", securityContext: { ...GOOD, ...context }, ...container }],
    ...more,
  };
}

function namespace(level: string, mode = "enforce"): KubeObject {
  const labels = { [`pod-security.kubernetes.io/${mode}`]: level };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: "n", labels } };
}

function violation(level: string, spec: PodSpec): string | undefined {
  return podSecurityViolation(namespace(level), "enforce", spec);
}

/** Control of the standard, a pod that breaks it and nothing else, the API server's words. */
const BASELINE: readonly (readonly [string, PodSpec, string])[] = [
  [
    "HostProcess",
    pod({ windowsOptions: { hostProcess: true } }),
    'hostProcess (container "a" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
  [
    "Host Namespaces",
    pod({}, { hostPID: true, hostIPC: true }),
    "host namespaces (hostPID=true, hostIPC=true)",
  ],
  [
    "Privileged Containers",
    pod({ privileged: true }),
    'privileged (container "a" must not set securityContext.privileged=true)',
  ],
  [
    "HostPath Volumes",
    pod({}, { volumes: [{ name: "v", hostPath: { path: "/" } }] }),
    'hostPath volumes (volume "v")',
  ],
  [
    "Host Ports",
    pod({}, {}, { ports: [{ containerPort: 1, hostPort: 80 }] }),
    'hostPort (container "a" uses hostPort 80)',
  ],
  [
    "AppArmor",
    pod({ appArmorProfile: { type: "Unconfined" } }),
    'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")',
  ],
  [
    "SELinux",
    pod({ seLinuxOptions: { type: "spc_t" } }),
    'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "spc_t")',
  ],
  [
    "/proc Mount Type",
    pod({ procMount: "Unmasked" }),
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
  [
    "Sysctls",
    pod({}, { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }),
    "forbidden sysctls (kernel.msgmax)",
  ],
];

const RESTRICTED: readonly (readonly [string, PodSpec, string])[] = [
  [
    "Volume Types",
    pod({}, { volumes: [{ name: "v", nfs: {} }] }),
    'restricted volume types (volume "v" uses restricted volume type "nfs")',
  ],
  [
    "Privilege Escalation",
    pod({ allowPrivilegeEscalation: true }),
    'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
  ],
  [
    "Running as Non-root",
    pod({ runAsNonRoot: false }),
    'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false)',
  ],
  ["Running as Non-root user", pod({ runAsUser: 0 }), 'runAsUser=0 (container "a" must not set runAsUser=0)'],
  [
    "Seccomp",
    pod({ seccompProfile: { type: "Unconfined" } }),
    'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    "Capabilities: drop",
    pod({ capabilities: {} }),
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
  ],
  [
    "Capabilities: add",
    pod({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
    'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
  ],
];

describe("Pod Security", () => {
  test.each(BASELINE)("%s is a control of Baseline and of Restricted", (_control, spec, words) => {
    expect(violation("privileged", spec)).toBeUndefined();
    expect(violation("baseline", spec)).toBe(`violates PodSecurity "baseline:latest": ${words}`);
    expect(violation("restricted", spec)).toBeDefined();
  });

  test.each(RESTRICTED)("%s is a control of Restricted", (control, spec, words) => {
    expect(violation("restricted", spec)).toBe(`violates PodSecurity "restricted:latest": ${words}`);
    expect(violation("baseline", spec) === undefined).toBe(control !== "Seccomp");
  });

  test("a pod that names all it must passes Restricted, also with NET_BIND_SERVICE", () => {
    expect(violation("restricted", pod())).toBeUndefined();
    expect(
      violation("restricted", pod({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } })),
    ).toBeUndefined();
  });

  test("the pod's own context stands in for its containers'", () => {
    const { runAsNonRoot = true, seccompProfile = { type: "" }, ...container } = GOOD;
    const bare: PodSpec = { containers: [{ name: "a", securityContext: container }] };
    expect(violation("restricted", bare)).toBe(
      'violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "a" must set ' +
        'securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set ' +
        'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
    expect(
      violation("restricted", { ...bare, securityContext: { runAsNonRoot, seccompProfile } }),
    ).toBeUndefined();
  });

  test("init containers count, and all offenders are named", () => {
    const spec: PodSpec = {
      initContainers: [{ name: "init", securityContext: { ...GOOD, privileged: true } }],
      containers: [{ name: "a", securityContext: { ...GOOD, privileged: true } }],
    };
    expect(violation("baseline", spec)).toContain('privileged (containers "init", "a" must not set');
  });

  test("a bare pod breaks four controls, in the API server's order", () => {
    expect(violation("restricted", { containers: [{ name: "nginx" }] })).toBe(
      'violates PodSecurity "restricted:latest": ' +
        'allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });

  test("a namespace without a label allows everything, an unknown level nothing that Restricted forbids", () => {
    const bare = { containers: [{ name: "a" }] };
    expect(podSecurityViolation(undefined, "enforce", bare)).toBeUndefined();
    expect(podSecurityViolation(namespace("restricted", "warn"), "enforce", bare)).toBeUndefined();
    expect(violation("restrictd", bare)).toContain('PodSecurity "restricted:latest"');
  });
});
