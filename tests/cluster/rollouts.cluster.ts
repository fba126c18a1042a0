/** Canary and blue-green on a real Kubernetes, with the real Argo Rollouts and Prometheus. */
import { accessOf, bringDown, bringUp } from "../../local/cluster/cluster";
import { kubectl } from "../../local/cluster/kubectl";
import { createClusterLayout } from "../../local/cluster/layout";
import { waitUntil } from "../../local/cluster/processes";
import { type Change, setting } from "../matrix/changes";
import { createDriver } from "../support/driver";
import { type Load, startLoad } from "./support/load";
import { isServedBy200 } from "./support/requests";
import { Releases, type Version } from "./support/releases";
import { whyNoClusterForTests } from "./support/requirements";
import { expectNoFailure } from "./support/scenario";
import { upChanged } from "./support/stack";

const layout = createClusterLayout();
const reason = whyNoClusterForTests(layout);
if (reason !== undefined) process.stderr.write(`Releases on a real cluster are not tested: ${reason}\n`);
const describeHere = reason === undefined ? describe : describe.skip;

/** Enough to measure a version by, and little beside what the machine has to do for ten pods. */
const REQUESTS_PER_SECOND = 100;
const REPLICAS = 10;
const ROLLBACK_SECONDS = 30;
const RELEASE_SECONDS = 400;

describeHere("releases on a real Kubernetes", () => {
  const releases = new Releases(accessOf(layout));
  let home: Awaited<ReturnType<typeof createDriver>>;
  let url: string;

  async function up(...changes: Change[]) {
    url = (await upChanged(home.driver, ...changes)).url ?? "";
  }

  async function release(version: Version) {
    const before = await releases.status();
    await releases.start(version);
    await releases.started(before);
    return { before, ...(await releases.follow(RELEASE_SECONDS)) };
  }

  /** Releases a version while clients ask the API. */
  async function releaseWithClients(version: Version) {
    const load: Load = startLoad(url, REQUESTS_PER_SECOND);
    try {
      return await release(version);
    } finally {
      await load.stop();
    }
  }

  beforeAll(async () => {
    await bringUp(layout, () => undefined);
    home = await createDriver("local");
    await up(
      setting(["api", "replicas"], REPLICAS),
      setting(["api", "rollout"], { strategy: "canary", stepSeconds: 5 }),
    );
  }, 900_000);

  afterAll(async () => {
    await home.remove();
    await bringDown(layout);
  }, 240_000);

  test.each([
    ["failing", "error-percent"],
    ["slow", "p95-milliseconds"],
  ] as const)(
    "a %s version never gets past one pod of ten, and the old one is back within 30 s of the first bad sample",
    async (version, metric) => {
      const { before, status, mostPods } = await releaseWithClients(version);
      // Nodes learn of it a moment after the controller has done it.
      await waitUntil("the old version alone", async () => isServedBy200(url), { seconds: 20 });
      const endedAt = new Date();
      expect(status).toMatchObject({ phase: "Degraded", abort: true, stableRS: before.stableRS });
      expect(status.message).toContain(`Metric "${metric}" assessed Failed`);
      expect(mostPods).toBe(1);
      const bad = (await releases.measured(status.currentPodHash)).filter(({ phase }) => phase === "Failed");
      expect(bad.map((sample) => sample.metric)).toEqual([metric, metric]);
      const seconds = (endedAt.getTime() - (bad[0]?.at.getTime() ?? 0)) / 1000;
      process.stderr.write(`${version}: back ${seconds} s after the first bad sample\n`);
      expect(seconds).toBeLessThan(ROLLBACK_SECONDS);
    },
    500_000,
  );

  test("fails no request while a slow version comes and goes", async () => {
    const { status } = await expectNoFailure("canary rollback", url, async () => release("slow"));
    expect(status).toMatchObject({ phase: "Degraded", abort: true });
  }, 500_000);

  test("a change of the program is judged and promoted step by step, fails no request, and ends with all pods", async () => {
    const before = await releases.status();
    await expectNoFailure("canary promotion", url, async () =>
      up(setting(["api", "resources", "cpuRequestMillicores"], 40)),
    );
    const status = await releases.status();
    expect(status.abort ?? false).toBe(false);
    expect(status.stableRS).not.toBe(before.stableRS);
    expect(status).toMatchObject({ phase: "Healthy", updatedReplicas: REPLICAS });
    const samples = await releases.measured(status.currentPodHash);
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.filter(({ phase }) => phase !== "Successful").length).toBeLessThan(2);
  }, 900_000);

  test("a blue-green switch goes over to the new pods, and back from a failing version", async () => {
    await up(setting(["api", "rollout", "strategy"], "blueGreen"));
    await up(setting(["api", "replicas"], 3));
    const good = await expectNoFailure("blue-green switch", url, async () => release("good"));
    expect(good.status).toMatchObject({ phase: "Healthy", stableRS: good.status.currentPodHash });
    const { status } = await releaseWithClients("failing");
    expect(status).toMatchObject({ abort: true, stableRS: good.status.stableRS });
    await waitUntil("the old version alone", async () => isServedBy200(url), { seconds: 20 });
  }, 900_000);

  test("a rolling update again, without a rest of what was there", async () => {
    await up(setting(["api", "rollout", "strategy"], "rollingUpdate"));
    expect((await fetch(url)).status).toBe(200);
    const names = await kubectl(accessOf(layout), [
      "get",
      "namespaces,customresourcedefinitions",
      "--output=name",
    ]);
    expect(names).not.toMatch(/argo|rollout/);
  }, 400_000);
});
