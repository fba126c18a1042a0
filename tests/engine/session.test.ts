import * as path from "node:path";

import { ConfigError } from "../../config/errors";
import { nameOf } from "../../local/driver/state";
import { renderSummary } from "../../local/driver/summary";
import { childrenOf } from "../support/processes";
import { ENGINE_TIMEOUT } from "../support/engine";
import { ITEM_SECONDS, withSessions } from "../support/session";
import { Item } from "../support/shelf";

const PACK = path.join(__dirname, "programs", "pack");

/** `first`, and `second` which depends on it. */
const pair = () => {
  const first = new Item("first", { colour: "red" });
  new Item("second", { colour: "blue" }, { dependsOn: first });
  return Promise.resolve({});
};

describe("a session", () => {
  test(
    "counts resources and sums the longest chain of dependencies",
    async () => {
      await withSessions({}, async (bench) => {
        const summary = await bench.run("up", pair);
        expect(summary).toMatchObject({
          ok: true,
          changes: { create: 3 },
          resources: { "shelf:index:Item": 2 },
          cloudObjects: { shelf: 2 },
          azure: { seconds: 2 * ITEM_SECONDS },
        });
        expect(renderSummary(summary)).toContain("on Azure at least 3 min 0 s (first > second)");
        expect(await bench.run("destroy", pair)).toMatchObject({ ok: true, leftovers: [], resources: {} });
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "a mandatory violation stops the run before the item, and says how to comply",
    async () => {
      await withSessions({}, async (bench) => {
        const program = () => {
          const grey = new Item("grey", { colour: "grey" });
          new Item("after", { colour: "beige" }, { dependsOn: grey });
          return Promise.resolve({});
        };
        const summary = await bench.run("up", program, [PACK]);
        expect(summary.ok).toBe(false);
        expect(bench.items()).toEqual([]);
        expect(summary.violations).toMatchObject([
          { policy: "no-grey-items", level: "mandatory", remediation: "Set colour to anything but grey." },
        ]);
        const text = renderSummary(summary);
        expect(text).toContain("policy no-grey-items (shelf, mandatory) on grey (shelf:index:Item)");
        expect(text).toContain("fix: Set colour to anything but grey.");
        expect(text).toContain("violations: 1 mandatory");
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "an advisory violation is reported and stops nothing",
    async () => {
      await withSessions({}, async (bench) => {
        const program = () => {
          new Item("pale", { colour: "beige" });
          return Promise.resolve({});
        };
        const summary = await bench.run("up", program, [PACK]);
        expect(summary).toMatchObject({ ok: true, policyPacks: [{ name: "shelf", policies: 2 }] });
        expect(summary.violations.map(({ policy }) => policy)).toEqual(["no-pale-items"]);
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "an error of the configuration is shown once, without a stack trace",
    async () => {
      await withSessions({}, async (bench) => {
        const problem = { path: "tags.owner", got: 7, allowed: "a text", fix: "quote it" };
        const summary = await bench.run("up", () => Promise.reject(new ConfigError([problem])));
        expect(summary.ok).toBe(false);
        const text = renderSummary(summary);
        expect(text.match(/tags\.owner/g)).toHaveLength(1);
        expect(text).not.toMatch(/^\s+at /m);
        expect(bench.items()).toEqual([]);
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "a refusal of the cloud is shown with its resource",
    async () => {
      await withSessions({}, async (bench) => {
        const summary = await bench.run("up", () => {
          new Item("unwanted", { refuse: true });
          return Promise.resolve({});
        });
        expect(summary.ok).toBe(false);
        expect(renderSummary(summary)).toContain("error on unwanted (shelf:index:Item): ");
        expect(renderSummary(summary)).toContain("the shelf refuses unwanted");
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "an object whose creation was cut off before the state knew is taken in, not created again",
    async () => {
      let armed = true;
      const cutOff = (name: string, created: boolean): void => {
        if (!armed || !created || name !== "second") return;
        armed = false;
        killEngine();
      };
      await withSessions({ onCreate: cutOff }, async (bench) => {
        expect(await bench.run("up", pair)).toMatchObject({ ok: false });
        expect(bench.items()).toEqual(["first", "second"]);
        expect(bench.state()?.resources.map(({ urn }) => nameOf(urn)) ?? []).not.toContain("second");

        expect(await bench.run("up", pair)).toMatchObject({ ok: true, errors: [], warnings: [] });
        expect(bench.notes).toEqual([expect.stringContaining("The last run was cut off")]);
        const second = bench.state()?.resources.find(({ urn }) => nameOf(urn) === "second");
        expect(second).toMatchObject({ id: "second", outputs: { colour: "blue" } });
        expect(bench.state()?.pending).toEqual([]);
        expect(await bench.run("up", pair)).toMatchObject({ changed: [] });
        expect(await bench.run("destroy", pair)).toMatchObject({ ok: true, leftovers: [] });
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "an operation that was cut off before the object came to be is done again",
    async () => {
      let armed = true;
      const cutOff = (name: string, created: boolean): Promise<void> => {
        if (!armed || created || name !== "second") return Promise.resolve();
        armed = false;
        killEngine();
        // The cloud never hears of it: this call does not return while the test runs.
        return new Promise(() => undefined);
      };
      await withSessions({ onCreate: cutOff }, async (bench) => {
        expect(await bench.run("up", pair)).toMatchObject({ ok: false });
        expect(bench.items()).toEqual(["first"]);
        expect(await bench.run("up", pair)).toMatchObject({ ok: true });
        expect(bench.items()).toEqual(["first", "second"]);
        expect(bench.state()?.pending).toEqual([]);
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "what the program keeps outlives a destroy, and is listed; all else is gone",
    async () => {
      await withSessions({}, async (bench) => {
        const program = () => {
          new Item("backup", { colour: "red" }, { retainOnDelete: true });
          new Item("cluster", { colour: "blue" });
          return Promise.resolve({});
        };
        expect(await bench.run("up", program)).toMatchObject({ ok: true, kept: [] });
        const gone = await bench.run("destroy", program);
        expect(gone).toMatchObject({ ok: true, kept: ["backup"], leftovers: [], cloudObjects: {} });
        expect(renderSummary(gone)).toMatch(/holds 0 objects; 1 outlive the stack, [^]*\n +backup/);
        expect(bench.items()).toEqual(["backup"]);
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "names that stay taken are told after a destroy, and only then",
    async () => {
      const vault = {
        ...{ name: "kv-1", vaultId: "/kv-1", location: "westus2", deletionDate: "2026-01-01T00:00:00.000Z" },
        scheduledPurgeDate: "2026-04-01T00:00:00.000Z",
      };
      const heldNames = [
        { ...vault, purgeProtected: true },
        { ...vault, name: "kv-2", purgeProtected: false },
      ];
      await withSessions({ heldNames }, async (bench) => {
        expect(await bench.run("up", () => Promise.resolve({}))).toMatchObject({ ok: true, heldNames: [] });
        const gone = await bench.run("destroy", () => Promise.resolve({}));
        expect(gone).toMatchObject({ ok: true, heldNames });
        expect(renderSummary(gone)).toContain(
          "Held      2 names of deleted vaults stay taken:\n" +
            "  kv-1 until 2026-04-01, which nobody can purge before\n  kv-2 until 2026-04-01",
        );
      });
    },
    ENGINE_TIMEOUT,
  );
});

/** Kills the engine that this process has started, with everything in its process group. */
function killEngine(): void {
  const [engine] = childrenOf(process.pid, "pulumi");
  if (engine === undefined) throw new Error("no engine is running");
  process.kill(-engine, "SIGKILL");
}
