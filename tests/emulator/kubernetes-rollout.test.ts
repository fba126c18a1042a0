import type { JsonObject } from "../../local/provider/backend";
import { failureOf, TestCluster } from "./support/kubernetes";
import {
  CONFIG_MAP,
  DEPLOYMENT,
  deployment,
  loadBalancer,
  NAMESPACE,
  SERVICE,
  SERVICE_ACCOUNT,
} from "./support/kubernetesObjects";

// Processes are started for real: a machine under load takes its time.
jest.setTimeout(30_000);

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start();
  await cluster.create(NAMESPACE, "apps", {
    metadata: { name: "apps", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
});

afterEach(() => cluster.stop());

describe("a Deployment that can run", () => {
  test("runs its replicas and reports them", async () => {
    const inputs = deployment("api", { spec: {} });
    const { state } = await cluster.create(DEPLOYMENT, "api", inputs);
    expect(state.id).toBe("apps/api");
    expect(state.outputs["status"]).toMatchObject({ readyReplicas: 1, updatedReplicas: 1 });
    expect(state.outputs["spec"]).toMatchObject({
      strategy: { type: "RollingUpdate" },
      revisionHistoryLimit: 10,
    });
    const { workloads } = await cluster.node.status();
    expect(workloads).toHaveLength(1);
    expect(cluster.warnings).toEqual([]);
  });

  test("serves through its load balancer with the environment of its spec", async () => {
    await cluster.create(CONFIG_MAP, "settings", {
      metadata: { name: "settings", namespace: "apps" },
      data: { GREETING: "from a ConfigMap" },
    });
    await cluster.create(DEPLOYMENT, "api", {
      ...deployment("api", {
        container: {
          envFrom: [{ configMapRef: { name: "settings" } }],
          env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        },
      }),
    });
    const service = await cluster.create(SERVICE, "api", loadBalancer("api"));
    expect(service.state.outputs["status"]).toEqual({
      loadBalancer: { ingress: [{ ip: "203.0.113.10", ipMode: "VIP" }] },
    });
    const url = await cluster.node.url("apps/api");
    const answer = (await (await fetch(url ?? "")).json()) as {
      greeting: string;
      pod: string;
      env: string[];
    };
    expect(answer.greeting).toBe("from a ConfigMap");
    expect(answer.pod).toMatch(/^api-[0-9a-f]{10}-[0-9a-f]{5}$/);
    expect(answer.env.sort()).toEqual(
      ["GREETING", "HOST", "HOSTNAME", "NODE_ENV", "PATH", "POD_NAME", "PORT"].sort(),
    );
  });

  test("waits for a ConfigMap, and a Service waits for it, when they come at the same time", async () => {
    const container = { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "late", key: "a" } } }] };
    const service = cluster.create(SERVICE, "api", loadBalancer("api"));
    const rollout = cluster.create(DEPLOYMENT, "api", deployment("api", { container }));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await cluster.create(CONFIG_MAP, "late", {
      metadata: { name: "late", namespace: "apps" },
      data: { a: "1" },
    });
    expect((await rollout).state.outputs["status"]).toMatchObject({ readyReplicas: 1 });
    expect((await service).state.id).toBe("apps/api");
  });

  test("of a public image counts as running and says that it is not run", async () => {
    const image = "mcr.microsoft.com/oss/kubernetes/pause:3.9";
    const { state } = await cluster.create(
      DEPLOYMENT,
      "pause",
      deployment("pause", { container: { image } }),
    );
    expect(state.outputs["status"]).toMatchObject({ readyReplicas: 1 });
    expect(cluster.warnings).toEqual([expect.stringContaining(`${image} is not built here`)]);
    expect((await cluster.node.status()).workloads).toEqual([]);
  });

  test("gets the variables of workload identity when its token is accepted", async () => {
    await cluster.create(SERVICE_ACCOUNT, "api", {
      metadata: {
        name: "api",
        namespace: "apps",
        annotations: { "azure.workload.identity/client-id": "client" },
      },
    });
    await cluster.create(
      DEPLOYMENT,
      "api",
      deployment("api", {
        pod: { serviceAccountName: "api" },
        labels: { "azure.workload.identity/use": "true" },
      }),
    );
    await cluster.create(SERVICE, "api", loadBalancer("api"));
    const answer = (await (await fetch((await cluster.node.url()) ?? "")).json()) as { env: string[] };
    expect(answer.env).toEqual(expect.arrayContaining(["AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"]));
  });
});

describe("controllers", () => {
  test("an autoscaler brings a Deployment into its range", async () => {
    await cluster.create(DEPLOYMENT, "api", deployment("api"));
    await cluster.create("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", {
      metadata: { name: "api", namespace: "apps" },
      spec: {
        minReplicas: 2,
        maxReplicas: 4,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
      },
    });
    const { workloads } = await cluster.node.status();
    expect(workloads.map(({ replicas }) => replicas)).toEqual([2]);
  });

  test("a budget that can never be met is accepted with a warning", async () => {
    await cluster.create("kubernetes:policy/v1:PodDisruptionBudget", "api", {
      metadata: { name: "api", namespace: "apps" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "api" } } },
    });
    await cluster.create(DEPLOYMENT, "api", deployment("api"));
    expect(cluster.warnings).toEqual([expect.stringContaining("allows no disruption of its 1 pods")]);
    const [budget] = cluster.store.list({ type: "policy/v1/PodDisruptionBudget" });
    expect(budget?.properties["status"]).toMatchObject({ disruptionsAllowed: 0, expectedPods: 1 });
  });

  test("a budget of one unavailable pod allows one of two", async () => {
    await cluster.create(DEPLOYMENT, "api", deployment("api", { spec: { replicas: 2 } }));
    const budget = await cluster.create("kubernetes:policy/v1:PodDisruptionBudget", "api", {
      metadata: { name: "api", namespace: "apps" },
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "api" } } },
    });
    expect(budget.state.outputs["status"]).toMatchObject({ disruptionsAllowed: 1, desiredHealthy: 1 });
    expect(cluster.warnings).toEqual([]);
  });

  test("a Service without pods is there but not ready", async () => {
    const error = await failureOf(cluster.create(SERVICE, "api", loadBalancer("api", "nobody")));
    expect(error.message).toContain("Service does not target any Pods");
    expect(error.partial?.id).toBe("apps/api");
  });

  test("a Service whose address Azure refuses is pending, until it can have it", async () => {
    await cluster.create(DEPLOYMENT, "api", deployment("api"));
    cluster.platform.address = { problem: "Error syncing load balancer: no such address" };
    const key = "service.beta.kubernetes.io/azure-";
    const annotations = { [`${key}pip-name`]: "entrance", [`${key}load-balancer-resource-group`]: "rg" };
    const inputs = { ...loadBalancer("api"), metadata: { name: "api", namespace: "apps", annotations } };
    const error = await failureOf(cluster.create(SERVICE, "api", inputs));
    expect(error.message).toContain("[SyncLoadBalancerFailed] Error syncing load balancer: no such address");
    expect(error.partial?.outputs["status"]).toEqual({ loadBalancer: {} });
    expect(cluster.platform.requests[0]).toMatchObject({
      ...{ service: "apps/api", name: "entrance", resourceGroup: "rg", internal: false },
    });
    expect(await cluster.node.url("apps/api")).toBeUndefined();
    cluster.platform.address = { address: "198.51.100.4" };
    const state = { id: error.partial?.id ?? "", outputs: error.partial?.outputs ?? {} };
    const pending = { type: SERVICE, name: "api", inputs, state };
    const changed = { ...inputs, metadata: { ...inputs.metadata, labels: { retry: "1" } } };
    const { state: ready } = await cluster.update(pending, changed);
    expect(ready.outputs["status"]).toEqual({
      loadBalancer: { ingress: [{ ip: "198.51.100.4", ipMode: "VIP" }] },
    });
    expect((await fetch((await cluster.node.url("apps/api")) ?? "")).status).toBe(200);
  });

  test("deleting a namespace ends what runs in it", async () => {
    const namespace = { metadata: { name: "gone" } };
    const created = await cluster.create(NAMESPACE, "gone", namespace);
    const inputs: JsonObject = { ...deployment("api"), metadata: { name: "api", namespace: "gone" } };
    await cluster.create(DEPLOYMENT, "api", inputs);
    await cluster.delete(created);
    expect(cluster.store.list({ type: "apps/v1/Deployment" })).toEqual([]);
    expect((await cluster.node.status()).workloads).toEqual([]);
  });
});
