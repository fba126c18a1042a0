/** The program's own API on a real Kubernetes: deployed, changed and deleted by `make up` and `make destroy`. */
import { accessOf, bringDown, bringUp } from "../../local/cluster/cluster";
import { wait } from "../../local/cluster/commands";
import { kubectl } from "../../local/cluster/kubectl";
import { createClusterLayout } from "../../local/cluster/layout";
import { waitUntil } from "../../local/cluster/processes";
import { NODES } from "../../local/cluster/topology";
import { type Change, setting } from "../matrix/changes";
import { createDriver } from "../support/driver";
import { runIntegrationTests } from "../support/integration";
import { readImage } from "./support/image";
import { whyNoClusterForTests } from "./support/requirements";
import { expectNoFailure } from "./support/scenario";
import { upChanged } from "./support/stack";

const layout = createClusterLayout();
const reason = whyNoClusterForTests(layout);
if (reason !== undefined) process.stderr.write(`The API on a real cluster is not tested: ${reason}\n`);
const describeHere = reason === undefined ? describe : describe.skip;

const NAMESPACE = "api";
const AUTOSCALING = { minReplicas: 3, maxReplicas: 6, cpuPercent: 70, memoryPercent: 80 };
const ask = async (...args: string[]) => kubectl(accessOf(layout), args);
const askApi = async (...args: string[]) => ask("--namespace", NAMESPACE, ...args);

/** Everything that people put into a cluster, and what a stack might leave in it. */
async function contents(): Promise<string[]> {
  const kinds = (await ask("api-resources", "--verbs=list", "--output=name")).trim().split("\n");
  // What the cluster writes by itself all the time.
  const own = ["events", "leases", "endpoints", "endpointslices", "pods", "nodes", "controllerrevisions"];
  const lasting = kinds.filter(
    (kind) => !own.includes(kind.split(".")[0] ?? "") && !kind.includes("metrics"),
  );
  const names = await ask(
    "get",
    lasting.join(","),
    "--all-namespaces",
    "--output=name",
    "--ignore-not-found",
  );
  return names.trim().split("\n").sort();
}

/** A field of the API's Deployment. */
async function deploymentField(path: string): Promise<string> {
  return askApi("get", "deployment", "api", "--output", `jsonpath={${path}}`);
}

/** The numbers of pods that were asked for while `change` ran. */
async function countsDuring(change: () => Promise<unknown>): Promise<number[]> {
  const counts = new Set<number>();
  let isOver = false;
  const watch = async () => {
    while (!isOver) counts.add(Number(await deploymentField(".spec.replicas")));
  };
  const watching = watch();
  try {
    await change();
  } finally {
    isOver = true;
    await watching;
  }
  return [...counts];
}

async function podNames(): Promise<string[]> {
  const names = await askApi("get", "pods", "--selector", "app.kubernetes.io/name=api", "--output", "name");
  return names.trim().split("\n");
}

describeHere("the platform on a real Kubernetes", () => {
  let before: string[];
  let home: Awaited<ReturnType<typeof createDriver>>;
  let url: string;

  const up = async (...changes: Change[]) => upChanged(home.driver, ...changes);

  beforeAll(async () => {
    await bringUp(layout, () => undefined);
    before = await contents();
    home = await createDriver("local");
  }, 600_000);

  afterAll(async () => {
    await home.remove();
    await bringDown(layout);
  }, 180_000);

  test("deploys the API, on both nodes, and it answers", async () => {
    const summary = await up(setting(["api", "replicas"], 4));
    url = summary.url ?? "";
    expect(await (await fetch(url)).json()).toMatchObject({ message: "Automate all the things!" });
    const fields = "jsonpath={range .items[*]}{.spec.nodeName} {end}";
    const nodes = (await askApi("get", "pods", "--output", fields)).trim().split(" ");
    expect([...new Set(nodes)].sort()).toEqual(NODES.map(({ name }) => name));
  }, 400_000);

  test("changes nothing the second time", async () => {
    const { changes } = await up();
    expect(Object.keys(changes)).toEqual(["same"]);
  }, 200_000);

  test("runs a small image as nobody in particular, in little memory", async () => {
    const [pod = ""] = await podNames();
    const image = await askApi("get", pod, "--output", "jsonpath={.spec.containers[0].image}");
    const { user, overBaseMegabytes } = readImage(image);
    expect(user).toBe("1000:1000");
    expect(overBaseMegabytes).toBeLessThan(60);
    // The API server is not let in to this port by the network policy: the pod asks itself.
    const read =
      'fetch("http://127.0.0.1:8081/metrics").then(async (answer) => console.log(await answer.text()))';
    const metrics = await askApi("exec", pod, "--", "/nodejs/bin/node", "-e", read);
    const bytes = Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
    expect(bytes / 1e6).toBeLessThan(70);
  });

  // Before the load, which an autoscaler would go on seeing for minutes.
  test("lets an autoscaler see what the API uses, and drops no pod for it", async () => {
    await up(setting(["api", "replicas"], 4));
    const counts = await countsDuring(async () => up(setting(["api", "autoscaling"], AUTOSCALING)));
    expect(counts).toEqual([4]);
    const active = 'jsonpath={.status.conditions[?(@.type=="ScalingActive")].status}';
    const isActive = async () => askApi("get", "hpa", "api", "--output", active);
    await waitUntil("the measurements", async () => (await isActive()) === "True", { seconds: 120 });
    const used = "jsonpath={.status.currentMetrics[*].resource.current.averageUtilization}";
    const percents = (await askApi("get", "hpa", "api", "--output", used)).trim().split(" ").map(Number);
    expect(percents).toHaveLength(2);
    for (const percent of percents) expect(percent).toBeGreaterThan(0);
  }, 400_000);

  test("leaves the number to its owner, and takes back what others did to the program's own", async () => {
    await up(setting(["api", "autoscaling"], { ...AUTOSCALING, minReplicas: 5 }));
    const isScaled = async () => (await deploymentField(".spec.replicas")) === "5";
    await waitUntil("the autoscaler's least", isScaled, { seconds: 60 });
    const foreign = ["--type", "merge", "--patch", '{"spec":{"revisionHistoryLimit":7}}'];
    await askApi("patch", "deployment", "api", ...foreign);
    const change = setting(["api", "resources", "cpuRequestMillicores"], 65);
    expect(await countsDuring(async () => up(change))).toEqual([5]);
    expect(await deploymentField(".spec.revisionHistoryLimit")).toBe("5");
  }, 400_000);

  test("takes the number back from the autoscaler for good, and the next change is made", async () => {
    await up(setting(["api", "autoscaling"], null));
    // The controller of autoscalers looks every 15 s.
    expect(await countsDuring(async () => wait(40_000))).toEqual([4]);
    expect(Object.keys((await up()).changes)).toEqual(["same"]);
    await askApi("scale", "deployment", "api", "--replicas", "6");
    await up(setting(["api", "resources", "cpuRequestMillicores"], 70));
    expect(await deploymentField(".spec.replicas")).toBe("4");
  }, 400_000);

  test("stands all that is asked of a deployed API, a pod's deletion included", async () => {
    expect(await runIntegrationTests(home.driver, url)).toEqual({ passed: 10, skipped: 0 });
  }, 120_000);

  test("fails no request while a version replaces another", async () => {
    await expectNoFailure("rolling update", url, async () =>
      up(setting(["api", "resources", "cpuRequestMillicores"], 60)),
    );
  }, 400_000);

  test("fails no request while a pod is deleted", async () => {
    await expectNoFailure("pod deletion", url, async () => {
      for (const pod of (await podNames()).slice(0, 2)) {
        await askApi("delete", pod, "--wait=true");
        await askApi("rollout", "status", "deployment/api", "--timeout=60s");
      }
    });
  }, 400_000);

  test("fails no request while a node is drained", async () => {
    const [node = ""] = NODES.map(({ name }) => name);
    await expectNoFailure("node drain", url, async () => {
      await ask("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=200s");
      await askApi("rollout", "status", "deployment/api", "--timeout=60s");
    });
    await ask("uncordon", node);
  }, 400_000);

  test("fails no request while six pods become two", async () => {
    await up(setting(["api", "replicas"], 6));
    await expectNoFailure("scale from 6 to 2", url, async () => {
      await up(setting(["api", "replicas"], 2));
      await waitUntil("two pods", async () => (await podNames()).length === 2, { seconds: 90 });
    });
  }, 400_000);

  test("leaves the cluster as it was", async () => {
    const { errors, leftovers } = await home.driver.summary("destroy", "--stack", "dev");
    expect({ errors, leftovers }).toEqual({ errors: [], leftovers: [] });
    expect(await contents()).toEqual(before);
  }, 400_000);
});
