/** Kubernetes objects for tests. */
import type { JsonObject } from "../../../local/provider/backend";
import { IMAGE } from "./kubernetesPlatform";

/** The SDK adds apiVersion and kind to what the program gives. */
export function typed(token: string, inputs: JsonObject): JsonObject {
  const [, module = "", kind = ""] = token.split(":");
  return { apiVersion: module.replace(/^core\//, ""), kind, ...inputs };
}

export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const SERVICE = "kubernetes:core/v1:Service";
export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const SECRET = "kubernetes:core/v1:Secret";
export const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";

export interface DeploymentOptions {
  readonly container?: JsonObject;
  readonly pod?: JsonObject;
  readonly spec?: JsonObject;
  readonly labels?: JsonObject;
}

/** A Deployment of the fixture image that passes every check. */
export function deployment(name: string, options: DeploymentOptions = {}): JsonObject {
  return {
    metadata: { name, namespace: "apps" },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...options.labels } },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "api",
              image: IMAGE,
              ports: [{ name: "http", containerPort: 8080 }],
              readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 1 },
              resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              ...options.container,
            },
          ],
          ...options.pod,
        },
      },
      ...options.spec,
    },
  };
}

export function loadBalancer(name: string, app = name): JsonObject {
  return {
    metadata: { name, namespace: "apps" },
    spec: { type: "LoadBalancer", selector: { app }, ports: [{ port: 80, targetPort: "http" }] },
  };
}

/** A namespace without labels. */
export const apps = { metadata: { name: "apps" } };

/** A ConfigMap in that namespace. */
export const settings = (data: JsonObject = { a: "1" }): JsonObject => ({
  metadata: { name: "settings", namespace: "apps" },
  data,
});
