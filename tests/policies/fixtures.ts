import type { Unwrap } from "@pulumi/pulumi";
import type { RegistryArgs } from "@pulumi/azure-native/containerregistry";
import type { apps, core } from "@pulumi/kubernetes/types/input";

export const TAGS = {
  managed_by: "pulumi",
  environment: "dev",
  project: "aks",
  owner: "platform-team",
  cost_center: "cc-1001",
  purpose: "demo",
};

export const registry = {
  resourceGroupName: "rg-platform",
  registryName: "acrplatform",
  sku: { name: "Premium" },
  tags: TAGS,
} satisfies Unwrap<RegistryArgs>;

/** A pod that every policy accepts: an init container, a sidecar, a main container and a debug container. */
export const podSpec = {
  serviceAccountName: "api",
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
  initContainers: [
    hardened("migrate"),
    { ...hardened("proxy"), restartPolicy: "Always", ...probes(), ports: [{ containerPort: 8080 }] },
  ],
  containers: [{ ...hardened("api"), ...probes(), ports: [{ containerPort: 3000 }] }],
  ephemeralContainers: [{ ...hardened("debug"), resources: {} }],
  volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
} satisfies Unwrap<core.v1.PodSpec>;

export const deployment = {
  metadata: { name: "api", namespace: "api" },
  spec: {
    selector: { matchLabels: { app: "api" } },
    template: { metadata: { labels: { app: "api" } }, spec: podSpec },
  },
} satisfies Unwrap<apps.v1.Deployment>;

function hardened(name: string) {
  return {
    name,
    image: `acrplatform.azurecr.io/${name}:1.4.2`,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  };
}

function probes() {
  return {
    livenessProbe: { httpGet: { path: "/health/live", port: 3000 } },
    readinessProbe: { httpGet: { path: "/health/ready", port: 3000 } },
  };
}

type Node = Record<string, unknown>;

/**
 * A copy of a fixture with one value put at a path such as `spec.containers[0].image`; undefined removes it.
 * Objects and lists on the way are made where the fixture has none.
 */
export function withValue(fixture: object, path: string, value: unknown): object {
  const copy = structuredClone(fixture) as Node;
  const keys = path.replace(/\[(\d+)\]/g, ".$1").split(".");
  const last = keys.pop() ?? "";
  const holder = keys.reduce<Node>((node, key, index) => {
    const next = node[key] ?? (/^\d+$/.test(keys[index + 1] ?? last) ? [] : {});
    node[key] = next;
    return next as Node;
  }, copy);
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return copy;
}
