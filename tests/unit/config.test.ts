import { ConfigError } from "../../config/errors";
import { Names } from "../../config/naming";
import { parseSettings } from "../../config/parse";
import {
  ALB_CONTROLLER,
  ARGO_ROLLOUTS,
  isSupported,
  KUBERNETES_VERSIONS,
  NODE_JS,
  NODE_OS,
  PROMETHEUS,
} from "../../config/versions";
import { stackFile } from "../support/pulumi";
import { SYSTEM } from "./configRules/row";

const TODAY = new Date("2026-11-21T00:00:00Z");

function problemsOf(change: Record<string, unknown>, stack = "dev"): { path: string; text: string }[] {
  try {
    parseSettings({ ...stackFile(stack), ...change }, TODAY);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => ({ path: problem.path, text: JSON.stringify(problem) }));
  }
  return [];
}

describe("the committed stacks", () => {
  test.each(["dev", "prod"])("%s is complete and free of problems", (stack) => {
    expect(problemsOf({}, stack)).toEqual([]);
  });

  test("dev names what it trades for its price", () => {
    const { cluster } = parseSettings(stackFile("dev"), TODAY);
    expect(cluster).toMatchObject({ allowPublicApiServer: true, allowSmallSystemPool: true });
    expect(cluster.nodePools).toMatchObject([{ vmSize: "Standard_D2s_v3", minCount: 1 }]);
  });

  test("prod has a zoned system pool of 3, applications on 2 to 20 nodes, spot on 0 to 10", () => {
    const { nodePools } = parseSettings(stackFile("prod"), TODAY).cluster;
    expect(nodePools.map(({ name, minCount, maxCount }) => [name, minCount, maxCount])).toEqual([
      ["system", 3, 5],
      ["apps", 2, 20],
      ["spot", 0, 10],
    ]);
    expect(nodePools.every(({ zones }) => zones.length === 3)).toBe(true);
  });
});

describe("bad input is refused with the path, the value and what is allowed", () => {
  test.each([
    ["an unknown key", { clutser: {} }, "clutser", "cluster"],
    [
      "an unknown nested key",
      { cluster: { kubernetsVersion: "1.35" } },
      "cluster.kubernetsVersion",
      "kubernetesVersion",
    ],
    [
      "a YAML number for a version",
      { cluster: { kubernetesVersion: 1.3 } },
      "cluster.kubernetesVersion",
      "quotes",
    ],
    [
      "a retired version",
      { cluster: { kubernetesVersion: "1.33" } },
      "cluster.kubernetesVersion",
      "1.34, 1.35, 1.36, 1.37",
    ],
    ["an unknown profile", { profile: "huge" }, "profile", "lightweight, enterprise"],
    [
      "overlapping networks",
      { cluster: { podCidr: "172.16.0.0/16" } },
      "cluster.podCidr",
      "cluster.serviceCidr",
    ],
    [
      "pods in the region's network",
      { cluster: { podCidr: "10.16.0.0/16" } },
      "cluster.podCidr",
      "network.addressSpaces.westus2 (10.16.0.0/16)",
    ],
    ["a service network of /12", { cluster: { serviceCidr: "172.16.0.0/12" } }, "cluster.serviceCidr", "/12"],
    ["host bits in a network", { cluster: { podCidr: "192.168.0.1/16" } }, "cluster.podCidr", "host bits"],
    ["too small a pod network", { cluster: { podCidr: "192.168.0.0/24" } }, "cluster.podCidr", "holds 1"],
    [
      "a private API server",
      { cluster: { allowPublicApiServer: false } },
      "cluster.allowPublicApiServer",
      "way in",
    ],
    ["a small system pool", { cluster: { allowSmallSystemPool: false } }, "cluster.nodePools[0]", "4 vCPUs"],
    [
      "retention without Premium",
      { registry: { untaggedRetentionDays: 7 } },
      "registry.untaggedRetentionDays",
      "Premium",
    ],
    ["one replica", { api: { replicas: 1 } }, "api.replicas", "at least 2"],
    [
      "no one to alert",
      { observability: { alertEmails: [] } },
      "observability.alertEmails",
      "reach a person",
    ],
    ["a short commit", { api: { image: { commit: "abc" } } }, "api.image.commit", "40 hexadecimal"],
    [
      "a workflow that deploys, and no administrator",
      { delivery: { github: { repository: "owner/name", environments: ["dev"] } } },
      "access.clusterAdmins",
      "whoever deploys last",
    ],
    ["no owner", { tags: { costCenter: "1", purpose: "x" } }, "tags.owner", "string"],
  ])("%s", (_, change, path, allowed) => {
    const problems = problemsOf(change);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.text).toContain(allowed);
  });

  test("names that are too long: by the limits of Azure, with the code of the region", () => {
    const naming = { prefix: "a".repeat(20), project: "b".repeat(20), environment: "c".repeat(20) };
    for (const stack of ["dev", "prod"]) {
      const text = JSON.stringify(problemsOf({ naming }, stack));
      expect(text).toContain("managed cluster at most 63 characters, not 71");
      expect(text).toContain("data collection rule at most 44 characters, not 78");
    }
  });

  test("the longest names that are taken fit what has no check of its own", () => {
    const naming = { prefix: "a".repeat(9), project: "b".repeat(9), environment: "c".repeat(8) };
    expect(problemsOf({ naming })).toEqual([]);
    expect(problemsOf({ naming: { ...naming, prefix: "a".repeat(10) } })).toMatchObject([{ path: "naming" }]);
    // PostgreSQL takes the API's identity as a role by its name, of at most 63 characters.
    expect(new Names(naming).of("api-id").length).toBeLessThanOrEqual(63);
  });

  test("spot as the only pool", () => {
    const taints = ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"];
    const spot = { ...SYSTEM, mode: "User", priority: "Spot", taints };
    expect(problemsOf({ cluster: { nodePools: [spot] } })).toEqual([
      { path: "cluster.nodePools[0]", text: expect.stringContaining("Regular System pool first") as string },
    ]);
  });

  test("a spot system pool", () => {
    const paths = problemsOf({ cluster: { nodePools: [{ ...SYSTEM, priority: "Spot" }] } }).map(
      ({ path }) => path,
    );
    expect(paths).toContain("cluster.nodePools[0].priority");
  });

  test("only tainted pools: the API would have no node", () => {
    const tainted = { ...SYSTEM, taints: ["CriticalAddonsOnly=true:NoSchedule"] };
    expect(problemsOf({ cluster: { nodePools: [tainted] } })).toMatchObject([{ path: "cluster.nodePools" }]);
  });

  test("two pools of one name, and more nodes at least than at most", () => {
    const nodePools = [SYSTEM, { ...SYSTEM, minCount: 9 }];
    expect(problemsOf({ cluster: { nodePools } }).map(({ path }) => path)).toEqual([
      "cluster.nodePools[1].minCount",
      "cluster.nodePools[1].name",
    ]);
  });

  test("an autoscaler minimum that the disruption budget cannot live with", () => {
    const autoscaling = { minReplicas: 1, maxReplicas: 4, cpuPercent: 70, memoryPercent: 80 };
    const [problem] = problemsOf({ api: { autoscaling } });
    expect(problem?.path).toBe("api.autoscaling.minReplicas");
    expect(problem?.text).toContain("disruption budget");
  });

  test("requests above limits, and a minimum above the maximum", () => {
    const change = {
      resources: { cpuRequestMillicores: 900, memoryRequestMib: 900 },
      autoscaling: { minReplicas: 5, maxReplicas: 4, cpuPercent: 70, memoryPercent: 80 },
    };
    expect(problemsOf({ api: change }).map(({ path }) => path)).toEqual([
      "api.autoscaling.minReplicas",
      "api.resources.cpuRequestMillicores",
      "api.resources.memoryRequestMib",
    ]);
  });

  test("all problems come at once, and the message shows each", () => {
    const change = { cluster: { kubernetesVersion: 1.35, podCidr: "x" }, api: { replicas: "two" } };
    expect(() => parseSettings({ ...stackFile("dev"), ...change }, TODAY)).toThrow(
      /3 problems; nothing was created[^]*cluster\.kubernetesVersion\n[^]*got: +1\.35\n[^]*allowed:[^]*fix:[^]*api\.replicas/,
    );
  });
});

describe("pins have dates", () => {
  test("nothing that is pinned is past its end of support", () => {
    const today = new Date();
    const current = KUBERNETES_VERSIONS.filter((pin) => isSupported(pin, today)).map(
      ({ version }) => version,
    );
    const { cluster } = parseSettings(stackFile("prod"), TODAY);
    expect(current).toContain(cluster.kubernetesVersion);
    const pins = [NODE_OS, NODE_JS, ALB_CONTROLLER, ARGO_ROLLOUTS, PROMETHEUS];
    expect(pins.filter((pin) => !isSupported(pin, today))).toEqual([]);
  });

  test("a version is supported through its last day", () => {
    const pin = { version: "1.35", endOfSupport: "2027-03-31" };
    expect(isSupported(pin, new Date("2027-03-31T23:59:59Z"))).toBe(true);
    expect(isSupported(pin, new Date("2027-04-01T00:00:00Z"))).toBe(false);
  });
});
