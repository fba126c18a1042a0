/** Rollouts on the emulated Kubernetes: served with their chart, run as Deployments are, refused as the controller does. */
import type { JsonObject } from "../../local/provider/backend";
import { at } from "../../local/provider/values";
import { RELEASE } from "./support/gateways";
import { failureOf, TestCluster } from "./support/kubernetes";
import { DEPLOYMENT, deployment, loadBalancer, NAMESPACE, SERVICE } from "./support/kubernetesObjects";

// Processes are started for real: a machine under load takes its time.
jest.setTimeout(30_000);

const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";
const TEMPLATE = "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate";
const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";
const IGNORED = ["spec.replicas"];
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const CHART = "oci://ghcr.io/argoproj/argo-helm/argo-rollouts";
const SEEN = "1990-01-01T00:00:00Z";
const ANALYSIS = { templates: [{ templateName: "judgement" }], args: [{ name: "version", value: "x" }] };
const CANARY = {
  canary: { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 10 }, { analysis: ANALYSIS }] },
};
const BLUE_GREEN = { blueGreen: { activeService: "api", previewService: "api-preview" } };

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start();
  for (const name of ["apps", "argo-rollouts"]) {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.create(NAMESPACE, name, { metadata: { name, labels } });
  }
});

afterEach(() => cluster.stop());

function install(values: JsonObject = {}) {
  const place = { name: "argo-rollouts", namespace: "argo-rollouts" };
  return cluster.create(RELEASE, "rollouts", { chart: CHART, version: "2.41.0", ...place, values });
}

function template() {
  const provider = { prometheus: { address: "http://prometheus", query: "up" } };
  const metrics = [{ name: "up", interval: "5s", count: 3, successCondition: "result[0] > 0", provider }];
  const metadata = { name: "judgement", namespace: "apps" };
  return cluster.create(TEMPLATE, "judgement", { metadata, spec: { args: [{ name: "version" }], metrics } });
}

/** A Rollout that the program waits for, with the pods of a Deployment that passes every check. */
function rollout(strategy: JsonObject, more: JsonObject = {}): JsonObject {
  const { spec } = deployment("api") as { spec: JsonObject };
  const waitFor = JSON.stringify([
    `jsonpath={.status.restartedAt}=${SEEN}`,
    "jsonpath={.status.phase}=Healthy",
  ]);
  return {
    metadata: { name: "api", namespace: "apps", annotations: { "pulumi.com/waitFor": waitFor } },
    spec: { ...spec, restartAt: SEEN, progressDeadlineAbort: true, strategy, ...more },
  };
}

describe("the chart of Argo Rollouts", () => {
  test("brings the kinds, and takes them along unless it is told to keep them", async () => {
    const before = await failureOf(cluster.create(ROLLOUT, "api", rollout(CANARY)));
    expect([before.code, before.reason]).toEqual([
      "NoKindMatch",
      expect.stringContaining("install the chart that brings rollouts.argoproj.io before"),
    ]);
    const definitions = () =>
      cluster.store.list({ type: "apiextensions.k8s.io/v1/CustomResourceDefinition" }).length;
    const release = await install({ keepCRDs: false });
    expect([definitions(), cluster.warnings]).toEqual([2, []]);
    await cluster.delete(release);
    expect(definitions()).toBe(0);
    await cluster.delete(await install());
    expect(definitions()).toBe(2);
  });

  test("runs pods that the namespace admits, or says why not", async () => {
    const root = { containerSecurityContext: { capabilities: { add: ["NET_ADMIN"] } } };
    const failure = await failureOf(install(root));
    expect(failure.reason).toMatch(/violates PodSecurity "restricted:latest"/);
  });
});

describe("a Rollout", () => {
  test("runs, scales, is disrupted and updated as a Deployment is", async () => {
    await install();
    await template();
    const metadata = { name: "api", namespace: "apps" };
    await cluster.create(BUDGET, "api", {
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "api" } } },
    });
    const made = await cluster.create(ROLLOUT, "api", rollout(CANARY));
    expect(made.state.outputs["status"]).toMatchObject({
      ...{ phase: "Healthy", restartedAt: SEEN, observedGeneration: "1" },
      readyReplicas: 1,
    });
    await cluster.create(SERVICE, "api", loadBalancer("api"));
    expect((await fetch((await cluster.node.url("apps/api")) ?? "")).status).toBe(200);
    await cluster.create(AUTOSCALER, "api", {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "api" },
        minReplicas: 2,
        maxReplicas: 3,
      },
    });
    const updated = await cluster.update(made, rollout(CANARY, { revisionHistoryLimit: 5 }), "one", IGNORED);
    expect(at(updated.state.outputs, "status")).toMatchObject({ phase: "Healthy", readyReplicas: 2 });
    const budget = cluster.store.list({ type: "policy/v1/PodDisruptionBudget" })[0]?.properties ?? {};
    expect(at(budget, "status")).toMatchObject({ expectedPods: 2 });
    await cluster.delete(updated);
    expect((await cluster.node.status()).workloads).toEqual([]);
  });

  test("keeps the number of pods that the program leaves to others", async () => {
    await install();
    await template();
    const made = await cluster.create(ROLLOUT, "api", rollout(CANARY));
    await cluster.update(made, rollout(CANARY, { replicas: 2 }));
    const { state } = await cluster.update(
      made,
      rollout(CANARY, { revisionHistoryLimit: 5 }),
      "one",
      IGNORED,
    );
    expect(at(state.outputs, "spec")).toMatchObject({ replicas: 2, revisionHistoryLimit: 5 });
  });

  test("takes a Deployment's place, and gives it back", async () => {
    await install();
    await template();
    const old = await cluster.create(DEPLOYMENT, "api", deployment("api"));
    await cluster.create(SERVICE, "api", loadBalancer("api"));
    const url = (await cluster.node.url("apps/api")) ?? "";
    const made = await cluster.create(ROLLOUT, "api", rollout(CANARY));
    await cluster.delete(old);
    expect((await fetch(url)).status).toBe(200);
    await cluster.create(DEPLOYMENT, "api", deployment("api"));
    await cluster.delete(made);
    expect((await fetch(url)).status).toBe(200);
  });

  test("waits for the Services of a blue-green switch", async () => {
    await install();
    const making = cluster.create(ROLLOUT, "api", rollout(BLUE_GREEN));
    const preview = { ...loadBalancer("api"), metadata: { name: "api-preview", namespace: "apps" } };
    await Promise.all([
      cluster.create(SERVICE, "api", loadBalancer("api")),
      cluster.create(SERVICE, "preview", preview),
    ]);
    expect(at((await making).state.outputs, "status")).toMatchObject({ phase: "Healthy" });
  });
});

describe("a Rollout that does not become healthy", () => {
  beforeEach(async () => {
    cluster.timings.rolloutSeconds = 0.5;
    await install();
  });

  test("is invalid where an analysis has no template", async () => {
    const failure = await failureOf(cluster.create(ROLLOUT, "api", rollout(CANARY)));
    expect(failure.reason).toContain('waiting for {.status.phase}=Healthy (found "Degraded")');
    expect(failure.reason).toContain("AnalysisTemplate 'judgement' not found");
    expect(failure.partial?.id).toBe("apps/api");
  });

  test("is invalid with two strategies, with none, and with pods that Kubernetes refuses", async () => {
    const reasons = [];
    for (const strategy of [{}, { ...CANARY, ...BLUE_GREEN }, { canary: { steps: [{ setWeight: 101 }] } }]) {
      const made = failureOf(cluster.create(ROLLOUT, "api", rollout(strategy)));
      reasons.push((await made).reason);
      const state = { id: "apps/api", outputs: {} };
      await cluster.delete({ type: ROLLOUT, name: "api", inputs: {}, state });
    }
    expect(reasons).toEqual([
      expect.stringContaining("missing field '.spec.strategy.canary or .spec.strategy.blueGreen'"),
      expect.stringContaining("Multiple Strategies can not be listed"),
      expect.stringContaining("SetWeight needs to be between 0 and max weight"),
    ]);
  });

  test("is degraded where its pods do not become ready", async () => {
    await template();
    const { spec } = deployment("api", { container: { image: "missing.azurecr.io/api:1" } }) as {
      spec: JsonObject;
    };
    const inputs = rollout(CANARY, { template: spec["template"] ?? {} });
    const failure = await failureOf(cluster.create(ROLLOUT, "api", inputs));
    expect(failure.reason).toContain("RolloutAborted: ProgressDeadlineExceeded: [ErrImagePull]");
  });

  test("is not waited for without the annotation", async () => {
    const { spec } = rollout(CANARY);
    const plain = { metadata: { name: "api", namespace: "apps" }, spec: spec ?? {} };
    const { state } = await cluster.create(ROLLOUT, "api", plain);
    expect(at(state.outputs, "status")).toMatchObject({ phase: "Degraded" });
  });

  test("has no fields of another name", async () => {
    const strategy = { canary: { steps: [{ setWieght: 10 }] } };
    await expect(cluster.check(ROLLOUT, "api", rollout(strategy))).rejects.toThrow(/setWieght/);
  });
});
