/** The API under Argo Rollouts: what the program asks for, for each strategy. */
import { planAvailability } from "../../../components/workloads/availability";
import { PROFILES } from "../../../config/profiles";
import { policies } from "../../../policy-pack/policies";
import { check } from "../../support/policy";
import { ofType, type RegisteredResource, runProgram, stackFile, theOnly } from "../../support/pulumi";
import { over } from "../configRules/row";

const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";
const TEMPLATE = "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const SERVICE = "kubernetes:core/v1:Service";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const AUTOSCALING = { minReplicas: 12, maxReplicas: 20, cpuPercent: 70, memoryPercent: 80 };

async function run(api: Record<string, unknown>): Promise<RegisteredResource[]> {
  return runProgram("dev", over(stackFile("dev"), { api }) as Record<string, unknown>);
}

interface Metric {
  readonly name: string;
  readonly count?: number;
  readonly initialDelay?: string;
  readonly interval: string;
  readonly failureLimit: number;
  readonly successCondition: string;
  readonly provider: { readonly prometheus: { readonly address: string; readonly query: string } };
}

function metricsOf(resources: RegisteredResource[], role: string): readonly Metric[] {
  const found = ofType(resources, TEMPLATE).find(({ name }) => name.endsWith(`-${role}`));
  return (found?.inputs as { spec: { metrics: Metric[] } } | undefined)?.spec.metrics ?? [];
}

describe("a canary", () => {
  let resources: RegisteredResource[];
  beforeAll(async () => {
    resources = await run({ replicas: 10, rollout: { strategy: "canary", stepSeconds: 30 } });
  });

  test("stands in place of the Deployment, with its pods and its selector", () => {
    expect(resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment")).toEqual([]);
    const { inputs } = theOnly(resources, ROLLOUT);
    const selector = { "app.kubernetes.io/name": "api" };
    expect(inputs).toMatchObject({
      metadata: { name: "api-canary" },
      spec: {
        replicas: 10,
        progressDeadlineAbort: true,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: selector },
          spec: { containers: [{ name: "api", lifecycle: { preStop: { sleep: { seconds: 5 } } } }] },
        },
      },
    });
    expect(theOnly(resources, SERVICE).inputs).toMatchObject({ spec: { selector } });
  });

  test("goes from 10 % on when it was judged, and is watched to its end", () => {
    const { spec } = theOnly(resources, ROLLOUT).inputs as { spec: { strategy: { canary: object } } };
    const args = [{ name: "version", valueFrom: { podTemplateHashValue: "Latest" } }];
    const hold = { pause: { duration: "30s" } };
    expect(spec.strategy.canary).toEqual({
      maxSurge: 1,
      maxUnavailable: 0,
      steps: [
        { setWeight: 10 },
        { analysis: { templates: [{ templateName: "api-judgement" }], args } },
        ...[{ setWeight: 25 }, hold, { setWeight: 50 }, hold, { setWeight: 75 }, hold],
        { setWeight: 100 },
      ],
      analysis: { templates: [{ templateName: "api-watch" }], args, startingStep: 2 },
    });
  });

  test("is judged by readiness, errors, latency and processor time, from the pods' own Prometheus", () => {
    const judged = metricsOf(resources, "judgement");
    expect(judged.map(({ name, successCondition }) => `${name} ${successCondition}`)).toEqual([
      "ready-percent len(result) > 0 && result[0] >= 100",
      "error-percent len(result) > 0 && result[0] <= 1",
      "p95-milliseconds len(result) > 0 && result[0] <= 500",
      "cpu-percent len(result) > 0 && result[0] <= 90",
    ]);
    const address = "http://prometheus-server.rollout-metrics.svc.cluster.local:9090";
    for (const metric of judged) {
      expect(metric).toMatchObject({ interval: "5s", count: 6, failureLimit: 1, initialDelay: "15s" });
      expect(metric.provider.prometheus.address).toBe(address);
      expect(metric.provider.prometheus.query).toContain('rollouts_pod_template_hash="{{args.version}}"');
    }
    const watched = metricsOf(resources, "watch");
    expect(watched.map(({ count, initialDelay }) => [count, initialDelay])).toEqual(
      Array(4).fill([undefined, undefined]),
    );
  });

  test("counts no probes, and takes no answer of a version that nobody asks for a bad one", () => {
    const [ready, errors, latency, processor] = metricsOf(resources, "judgement").map(
      ({ provider }) => provider.prometheus.query,
    );
    for (const query of [errors, latency])
      expect(query).toContain('route!~"/health|/healthz|/readyz|/metrics"');
    for (const query of [errors, latency, processor]) expect(query).toMatch(/^\(.*\) >= 0 or vector\(0\)$/);
    expect(ready).not.toMatch(/or vector\(0\)$/);
  });

  test("is waited for until its own spec is healthy", () => {
    const { inputs } = theOnly(resources, ROLLOUT);
    const { metadata, spec } = inputs as {
      metadata: { annotations: Record<string, string> };
      spec: { restartAt: string };
    };
    expect(JSON.parse(metadata.annotations["pulumi.com/waitFor"] ?? "")).toEqual([
      `jsonpath={.status.restartedAt}=${spec.restartAt}`,
      "jsonpath={.status.phase}=Healthy",
    ]);
    expect(new Date(spec.restartAt).getTime()).toBeLessThan(new Date("2000-01-01").getTime());
  });

  test("has another time of restart with another pod, and the same with the same", async () => {
    const seen = (found: RegisteredResource[]) =>
      (theOnly(found, ROLLOUT).inputs as { spec: { restartAt: string } }).spec.restartAt;
    const api = { replicas: 10, rollout: { strategy: "canary", stepSeconds: 30 } };
    expect(seen(await run(api))).toBe(seen(resources));
    expect(seen(await run({ ...api, resources: { memoryLimitMib: 200 } }))).not.toBe(seen(resources));
  });

  test("keeps to every policy", async () => {
    const verdicts = await Promise.all(
      policies.flatMap((policy) =>
        resources
          .filter(({ type }) => type.startsWith("kubernetes:") && type !== RELEASE)
          .map(async ({ type, name, inputs }) => ({
            name,
            ...(await check(policy, type, inputs, { name })),
          })),
      ),
    );
    expect(verdicts.filter(({ violations, unknown }) => violations.length > 0 || unknown)).toEqual([]);
  });
});

describe("what autoscales", () => {
  test("targets the Rollout, which starts with its least", async () => {
    const resources = await run({ autoscaling: AUTOSCALING, rollout: { strategy: "canary" } });
    expect(theOnly(resources, AUTOSCALER).inputs).toMatchObject({
      spec: { scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "api-canary" } },
    });
    expect(theOnly(resources, ROLLOUT).inputs).toMatchObject({
      metadata: { annotations: { "platform/replicas-set-by": "autoscaler" } },
      spec: { replicas: 12 },
    });
  });

  test("hands the number to the program as a change of the Rollout, whatever it was before", async () => {
    const seenWith = async (autoscaling: typeof AUTOSCALING | null) => {
      const resources = await run({ replicas: 12, autoscaling, rollout: { strategy: "canary" } });
      const { spec } = theOnly(resources, ROLLOUT).inputs as { spec: { restartAt: string } };
      return spec.restartAt;
    };
    const scaled = await seenWith(AUTOSCALING);
    expect(await seenWith({ ...AUTOSCALING, minReplicas: 14 })).toBe(scaled);
    expect(await seenWith(null)).not.toBe(scaled);
  });

  test("holds a fixed number, and its pods spread by version", async () => {
    const resources = await run({ replicas: 10, rollout: { strategy: "canary" } });
    expect(theOnly(resources, AUTOSCALER).inputs).toMatchObject({
      spec: { scaleTargetRef: { name: "api-canary" }, minReplicas: 10, maxReplicas: 10 },
    });
    const keys = { matchLabelKeys: ["rollouts-pod-template-hash"] };
    expect(theOnly(resources, ROLLOUT).inputs).toMatchObject({
      spec: { template: { spec: { topologySpreadConstraints: [keys, keys] } } },
    });
  });

  test("recommends for the Rollout without an autoscaler", async () => {
    const resources = await run({ replicas: 10, rollout: { strategy: "canary" } });
    const vpa = theOnly(resources, "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler");
    expect(vpa.inputs).toMatchObject({ spec: { targetRef: { kind: "Rollout" } } });
  });
});

describe("a blue-green switch", () => {
  test("is judged before and after, with the old pods there until then", async () => {
    const resources = await run({ rollout: { strategy: "blueGreen" } });
    const args = [{ name: "version", valueFrom: { podTemplateHashValue: "Latest" } }];
    const judgement = { templates: [{ templateName: "api-judgement" }], args };
    expect(theOnly(resources, ROLLOUT).inputs).toMatchObject({
      metadata: { name: "api-blue-green" },
      spec: {
        strategy: {
          blueGreen: {
            ...{ activeService: "api", previewService: "api-preview", autoPromotionEnabled: true },
            ...{ prePromotionAnalysis: judgement, postPromotionAnalysis: judgement },
            scaleDownDelaySeconds: 45,
          },
        },
      },
    });
    const services = ofType(resources, SERVICE).map(({ inputs }) => inputs as { spec: { type: string } });
    expect(services.map(({ spec }) => spec.type).sort()).toEqual(["ClusterIP", "LoadBalancer"]);
  });

  test("has room for a third set of pods", () => {
    const { api } = PROFILES.lightweight;
    const most = (strategy: "blueGreen" | "canary") =>
      planAvailability({ ...api, replicas: 10, rollout: { ...api.rollout, strategy } }).maxPods;
    expect([most("canary"), most("blueGreen")]).toEqual([21, 31]);
  });
});

describe("around it", () => {
  test("charts in closed, restricted namespaces of their own, with as few rights as they can have", async () => {
    const resources = await run({ replicas: 10, rollout: { strategy: "canary" } });
    const [metrics, controller] = ofType(resources, RELEASE).map(({ inputs }) => inputs);
    expect(metrics).toMatchObject({
      ...{ namespace: "rollout-metrics", version: "29.27.0", skipAwait: false },
      values: {
        server: {
          namespaces: ["api"],
          useExistingClusterRoleName: "view",
          persistentVolume: { enabled: false },
        },
        scrapeConfigs: { "kubernetes-pods": { enabled: false }, prometheus: { enabled: false } },
      },
    });
    expect(controller).toMatchObject({
      ...{ namespace: "argo-rollouts", version: "2.41.0" },
      values: { keepCRDs: false, providerRBAC: { enabled: false }, dashboard: { enabled: false } },
    });
    const flows = ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").filter(({ name }) =>
      name.includes("-delivery-"),
    );
    expect(flows).toHaveLength(2);
  });

  test("nothing of it with a rolling update", async () => {
    const resources = await run({});
    expect(resources.filter(({ type }) => [RELEASE, ROLLOUT, TEMPLATE].includes(type))).toEqual([]);
  });
});
