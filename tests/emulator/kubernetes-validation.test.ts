import { readFileSync } from "node:fs";
import { UNKNOWN, type JsonObject } from "../../local/provider/backend";
import { KINDS, kindNamed, tokenOf } from "../../local/kubernetes/kinds";
import { parseQuantity, formatQuantity } from "../../local/kubernetes/quantity";
import { FIELDS_FILE, readFields } from "../../local/kubernetes/schema/generate";
import { validateObject } from "../../local/kubernetes/validation/validate";
import { deployment, typed } from "./support/kubernetesObjects";

function issuesOf(token: string, inputs: JsonObject): string[] {
  const object = typed(token, inputs);
  const kind = kindNamed(object["apiVersion"] as string, object["kind"] as string);
  return validateObject(kind, object).map(({ path, message }) => `${path}: ${message}`);
}

const D = "kubernetes:apps/v1:Deployment";
const named = { metadata: { name: "x", namespace: "apps" } };
const namespaced = (spec: JsonObject): JsonObject => ({ ...named, spec });

test("the field table is what the installed SDK declares", () => {
  expect(JSON.parse(readFileSync(FIELDS_FILE, "utf8"))).toEqual(readFields());
});

test("every kind but custom resources has the token of an SDK class", () => {
  for (const kind of KINDS.filter(({ addon, custom }) => addon === undefined && custom !== true)) {
    const [, module = "", name = ""] = tokenOf(kind).split(":");
    const folder = module.replace(".authorization.k8s.io", "").replace(".k8s.io", "");
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the module's name comes from the table
    const sdk = require(`@pulumi/kubernetes/${folder}`) as Record<string, { __pulumiType: string }>;
    expect(sdk[name]?.__pulumiType).toBe(tokenOf(kind));
  }
});

test("a complete Deployment has nothing wrong with it", () => {
  expect(issuesOf(D, deployment("api"))).toEqual([]);
});

test("values that are not known yet fit everywhere", () => {
  const unknown = deployment("api", { container: { image: UNKNOWN, env: [{ name: "A", value: UNKNOWN }] } });
  expect(issuesOf(D, unknown)).toEqual([]);
  expect(issuesOf(D, { metadata: { name: UNKNOWN, namespace: UNKNOWN }, spec: UNKNOWN })).toEqual([]);
});

const DEPLOYMENTS: readonly (readonly [string, JsonObject, string])[] = [
  [
    "an unknown field",
    deployment("a", { pod: { container: [] } }),
    'unknown field "spec.template.spec.container" (did you mean "containers"?)',
  ],
  [
    "an unknown field in a list",
    deployment("a", { container: { port: 1 } }),
    'unknown field "spec.template.spec.containers[0].port"',
  ],
  [
    "a wrong shape",
    deployment("a", { spec: { replicas: "2" } }),
    'spec.replicas: Invalid value: expected a number, got string "2"',
  ],
  [
    "an object for a list",
    deployment("a", { pod: { containers: {} } }),
    "spec.template.spec.containers: Invalid value: expected a list",
  ],
  ["a missing field", namespaced({ selector: {} }), "spec.template.spec.containers: Required value"],
  [
    "no container",
    deployment("a", { pod: { containers: [] } }),
    "spec.template.spec.containers: Required value",
  ],
  ["no image", deployment("a", { container: { image: "" } }), "containers[0].image: Required value"],
  [
    "another selector",
    deployment("a", { labels: { app: "b" } }),
    "`selector` does not match template `labels`",
  ],
  [
    "an empty selector",
    deployment("a", { spec: { selector: {} } }),
    "empty selector is invalid for deployment",
  ],
  ["a negative count", deployment("a", { spec: { replicas: -1 } }), "spec.replicas: Invalid value: -1"],
  [
    "a port out of range",
    deployment("a", { container: { ports: [{ containerPort: 70000 }] } }),
    "must be between 1 and 65535, inclusive",
  ],
  [
    "a port's name",
    deployment("a", { container: { ports: [{ containerPort: 1, name: "HTTP" }] } }),
    'ports[0].name: Invalid value: "HTTP"',
  ],
  [
    "a quantity",
    deployment("a", { container: { resources: { limits: { memory: "1 GB" } } } }),
    'limits[memory]: Invalid value: "1 GB": quantities must match',
  ],
  [
    "a request above its limit",
    deployment("a", { container: { resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } } }),
    'Invalid value: "2": must be less than or equal to cpu limit of 1',
  ],
  [
    "two probe handlers",
    deployment("a", { container: { livenessProbe: { httpGet: { port: 1 }, tcpSocket: { port: 1 } } } }),
    "may not specify more than 1 handler type",
  ],
  [
    "no probe handler",
    deployment("a", { container: { livenessProbe: { periodSeconds: 1 } } }),
    "must specify a handler type",
  ],
  [
    "a mount without a volume",
    deployment("a", { container: { volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] } }),
    'volumeMounts[0].name: Not found: "tmp"',
  ],
  [
    "no surge and nothing unavailable",
    deployment("a", { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } }),
    "may not be 0 when `maxSurge` is 0",
  ],
  ["a bad name", deployment("Api_1"), "a lowercase RFC 1123 subdomain must consist of"],
  [
    "a bad label",
    deployment("a", { labels: { "k/l/m": "x" } }),
    "with an optional DNS subdomain prefix and '/'",
  ],
  [
    "a contradiction of privileges",
    deployment("a", {
      container: { securityContext: { allowPrivilegeEscalation: false, privileged: true } },
    }),
    "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
  ],
];

test.each(DEPLOYMENTS)("a Deployment with %s is refused", (_title, inputs, message) => {
  expect(issuesOf(D, inputs).join("\n")).toContain(message);
});

const OTHERS: readonly (readonly [string, JsonObject, string])[] = [
  ["kubernetes:core/v1:Service", namespaced({ selector: { a: "b" } }), "spec.ports: Required value"],
  [
    "kubernetes:core/v1:Service",
    namespaced({ type: "Public", ports: [{ port: 1 }] }),
    'Unsupported value: "Public"',
  ],
  [
    "kubernetes:core/v1:Service",
    { metadata: { name: "1x" }, spec: { ports: [{ port: 1 }] } },
    "a DNS-1035 label must",
  ],
  [
    "kubernetes:core/v1:Service",
    namespaced({ ports: [{ port: 1 }, { port: 2 }] }),
    "spec.ports[0].name: Required value",
  ],
  ["kubernetes:core/v1:Namespace", { metadata: { name: "a.b" } }, "a lowercase RFC 1123 label must"],
  ["kubernetes:core/v1:Secret", { ...named, data: { a: "plain text" } }, "illegal base64 data"],
  ["kubernetes:core/v1:ConfigMap", { ...named, data: { "a b": "1" } }, "a valid config key must consist of"],
  [
    "kubernetes:core/v1:ConfigMap",
    { ...named, data: { a: 1 } },
    "data[a]: Invalid value: expected a string, got number 1",
  ],
  [
    "kubernetes:core/v1:ResourceQuota",
    namespaced({ hard: { pods: "many" } }),
    'spec.hard[pods]: Invalid value: "many"',
  ],
  [
    "kubernetes:core/v1:LimitRange",
    namespaced({ limits: [{ type: "Container", max: { cpu: "x" } }] }),
    "spec.limits[0].max[cpu]",
  ],
  [
    "kubernetes:policy/v1:PodDisruptionBudget",
    namespaced({ minAvailable: 1, maxUnavailable: 1 }),
    "cannot be both set",
  ],
  [
    "kubernetes:policy/v1:PodDisruptionBudget",
    namespaced({ minAvailable: "half" }),
    "a valid percent string must be",
  ],
  [
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    namespaced({ minReplicas: 3, maxReplicas: 2, scaleTargetRef: { kind: "Deployment", name: "x" } }),
    "must be greater than or equal to `minReplicas`",
  ],
  [
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    namespaced({
      maxReplicas: 2,
      scaleTargetRef: { kind: "Deployment", name: "x" },
      metrics: [{ type: "Resource" }],
    }),
    "spec.metrics[0].resource: Required value",
  ],
  [
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    namespaced({ podSelector: {}, policyTypes: ["In"] }),
    'Unsupported value: "In"',
  ],
  [
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    namespaced({ podSelector: {}, ingress: [{ from: [{}] }] }),
    "must specify a peer",
  ],
  [
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    { metadata: { name: "x" }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" } },
    'roleRef.kind: Unsupported value: "Role"',
  ],
  [
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    { ...named, roleRef: { apiGroup: "x", kind: "Role", name: "r" } },
    "roleRef.apiGroup: Unsupported value",
  ],
  [
    "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler",
    namespaced({ target: {} }),
    'unknown field "spec.target" (did you mean "targetRef"?)',
  ],
];

test.each(OTHERS)("%s %j is refused", (token, inputs, message) => {
  expect(issuesOf(token, inputs).join("\n")).toContain(message);
});

test.each([
  ["250m", 0.25],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["1e3", 1000],
  ["128Mi", 2 ** 27],
  ["2k", 2000],
  ["", undefined],
  ["1 GB", undefined],
  ["1mi", undefined],
])("the quantity %j is %j", (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test("quantities are printed as Kubernetes prints them", () => {
  expect(formatQuantity("requests.cpu", 0.1 + 0.2)).toBe("300m");
  expect(formatQuantity("limits.memory", 3 * 2 ** 29)).toBe("1536Mi");
  expect(formatQuantity("pods", 4)).toBe("4");
});
