import { limitViolations, withLimitDefaults } from "../../local/kubernetes/admission/limitRange";
import { quotaViolation } from "../../local/kubernetes/admission/quota";
import { capacityOf, unschedulable } from "../../local/kubernetes/cluster/nodes";
import type { NodePool } from "../../local/kubernetes/cluster/platform";
import type { LimitRange, PodSpec, ResourceQuota } from "../../local/kubernetes/types";
import { clusterNamed } from "./support/kubernetesPlatform";

describe("LimitRange", () => {
  const range = (limit: object): LimitRange =>
    ({
      metadata: { name: "l" },
      spec: { limits: [{ type: "Container", ...limit }] },
    }) as unknown as LimitRange;

  test("fills in what a container does not say", () => {
    const spec = withLimitDefaults({ containers: [{ name: "a" }] }, [
      range({ default: { cpu: "1" }, defaultRequest: { cpu: "100m" } }),
    ]);
    expect(spec.containers[0]?.resources).toEqual({ limits: { cpu: "1" }, requests: { cpu: "100m" } });
  });

  test("takes an explicit limit for the request", () => {
    const given = { containers: [{ name: "a", resources: { limits: { cpu: "2" } } }] };
    const spec = withLimitDefaults(given, [range({ defaultRequest: { cpu: "100m" } })]);
    expect(spec.containers[0]?.resources?.requests).toEqual({ cpu: "2" });
  });

  test.each([
    [{ max: { cpu: "1" } }, { limits: { cpu: "2" } }, "maximum cpu usage per Container is 1, but limit is 2"],
    [{ max: { cpu: "1" } }, {}, "maximum cpu usage per Container is 1. No limit is specified"],
    [
      { min: { cpu: "1" } },
      { requests: { cpu: "500m" } },
      "minimum cpu usage per Container is 1, but request is 500m",
    ],
    [
      { maxLimitRequestRatio: { cpu: "2" } },
      { limits: { cpu: "3" }, requests: { cpu: "1" } },
      "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000",
    ],
  ])("%j refuses %j", (limit, resources, message) => {
    expect(limitViolations({ containers: [{ name: "a", resources }] }, [range(limit)])).toEqual([message]);
  });

  test("of type Pod counts all containers", () => {
    const resources = { limits: { cpu: "1" }, requests: { cpu: "1" } };
    const spec = {
      containers: [
        { name: "a", resources },
        { name: "b", resources },
      ],
    };
    expect(limitViolations(spec, [range({ type: "Pod", max: { cpu: "1" } })])).toEqual([
      "maximum cpu usage per Pod is 1, but limit is 2",
    ]);
  });
});

describe("ResourceQuota", () => {
  const quota = (hard: Record<string, string>): ResourceQuota =>
    ({ metadata: { name: "q" }, spec: { hard } }) as unknown as ResourceQuota;
  const spec: PodSpec = {
    containers: [
      { name: "a", resources: { requests: { cpu: "100m" }, limits: { cpu: "100m", memory: "1Gi" } } },
    ],
  };

  test("counts what is there already, and the pods that still fit", () => {
    const others = [{ spec, count: 1 }];
    expect(quotaViolation([quota({ "limits.memory": "3Gi" })], { spec, count: 2 }, others)).toBeUndefined();
    expect(quotaViolation([quota({ "limits.memory": "3Gi" })], { spec, count: 3 }, others)).toBe(
      "exceeded quota: q, requested: limits.memory=1Gi, used: limits.memory=3Gi, limited: limits.memory=3Gi",
    );
  });

  test("counts pods", () => {
    expect(quotaViolation([quota({ pods: "2" })], { spec, count: 3 }, [])).toContain(
      "used: pods=2, limited: pods=2",
    );
  });

  test("sums of fractions do not drift over the limit", () => {
    expect(quotaViolation([quota({ "requests.cpu": "1" })], { spec, count: 10 }, [])).toBeUndefined();
  });

  test("makes every container name what is limited", () => {
    const silent = { containers: [{ name: "a" }] };
    expect(quotaViolation([quota({ "limits.cpu": "1" })], { spec: silent, count: 1 }, [])).toBe(
      "failed quota: q: must specify limits.cpu for: a",
    );
  });
});

describe("the scheduler", () => {
  const pool = (more: Partial<NodePool> = {}): NodePool => ({
    ...{ name: "p", vmSize: "Standard_D2s_v5", nodes: 1, maxPods: 30, labels: { disk: "ssd" }, taints: [] },
    ...more,
  });
  const asking = (cpu: string, more: Partial<PodSpec> = {}): PodSpec => ({
    containers: [{ name: "a", resources: { requests: { cpu } } }],
    ...more,
  });
  const place = (pools: NodePool[], spec: PodSpec, count = 1): string | undefined =>
    unschedulable(clusterNamed("c", { nodePools: pools }), [{ spec, count }]);

  test.each([
    ["Standard_D4s_v5", 4, 16],
    ["Standard_E8ds_v5", 8, 64],
    ["Standard_F4s_v2", 4, 8],
    ["Standard_B2s", 2, 4],
    ["Standard_B2ms", 2, 8],
    ["Standard_D2ls_v5", 2, 4],
  ])("a %s offers less than its %i vCPUs and %i GiB", (vmSize, cpus, gib) => {
    const { cpu, memory } = capacityOf(pool({ vmSize }));
    expect(cpu).toBeLessThan(cpus);
    expect(cpu).toBeGreaterThan(cpus * 0.7);
    expect(memory).toBeLessThan(gib * 2 ** 30);
    expect(memory).toBeGreaterThan(gib * 2 ** 30 * 0.6);
  });

  test("fills nodes one after the other", () => {
    expect(place([pool({ nodes: 2 })], asking("1"), 2)).toBeUndefined();
    expect(place([pool({ nodes: 2 })], asking("1"), 3)).toBe("0/2 nodes are available: 2 Insufficient cpu.");
  });

  test("keeps off tainted nodes unless the pod tolerates them", () => {
    const spot = { key: "spot", value: "true", effect: "NoSchedule" };
    const tainted = [pool({ taints: [spot] })];
    expect(place(tainted, asking("1"))).toContain("1 node(s) had untolerated taint {spot: true}");
    const { effect, ...match } = spot;
    expect(
      place(tainted, asking("1", { tolerations: [{ ...match, operator: "Equal", effect }] })),
    ).toBeUndefined();
    expect(place(tainted, asking("1", { tolerations: [{ operator: "Exists" }] }))).toBeUndefined();
  });

  test("heeds node selectors and the limit of pods", () => {
    expect(place([pool()], asking("1", { nodeSelector: { disk: "hdd" } }))).toContain(
      "didn't match Pod's node affinity",
    );
    expect(place([pool({ maxPods: 10 })], asking("1m"), 3)).toContain("Too many pods");
  });

  test("has no limit where nodes are made on demand", () => {
    const cluster = clusterNamed("c", { nodeAutoProvisioning: true });
    expect(unschedulable(cluster, [{ spec: asking("400"), count: 9 }])).toBeUndefined();
  });
});
