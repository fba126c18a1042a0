import { ComponentResource, Config, secret } from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { ENGINE_TIMEOUT } from "../support/engine";
import { Item } from "../support/shelf";
import { withShelfOnAzurite } from "./support/engine";
import { expectSuccess, pulumi } from "./support/pulumi";
import { runStep } from "./support/run";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const DIGEST = `sha256:${"ab".repeat(32)}`;
const OTHER_DIGEST = `sha256:${"cd".repeat(32)}`;

/** A stack in the shape of the platform's: a group, what lies in it, and the trust that delivers it. */
function platform(settings: { colour: string; seen?: unknown }) {
  return () => {
    const config = new Config();
    const image = config.getObject<{ image: Record<string, string> }>("api")?.image;
    settings.seen = { image, access: config.getObject("access") };
    const group = new Item("group", { colour: "red" });
    new Item(
      "cluster",
      { colour: settings.colour, password: secret("hidden-password") },
      { dependsOn: group },
    );
    const delivery = new ComponentResource("platform:azure:GithubDelivery", "delivery");
    new Item("grant", { colour: "red" }, { parent: delivery, dependsOn: group });
    const reference = `registry.azurecr.io/api:${image?.["commit"] ?? COMMIT}@${image?.["digest"] ?? DIGEST}`;
    return Promise.resolve({ apiUrl: "http://api.example", apiImage: reference });
  };
}

test(
  "state in Azure Storage: a stack's whole life",
  async () => {
    await withShelfOnAzurite(platform({ colour: "blue" }), async (engine) => {
      const { azurite, shelf } = engine;
      await expectSuccess(engine, "stack", "init", "dev", "--secrets-provider", "passphrase");
      await expectSuccess(engine, "up", "--yes", "--skip-preview", "--stack", "dev");
      expect([...shelf.items.keys()].sort()).toEqual(["cluster", "grant", "group"]);
      const state = await azurite.read(".pulumi/stacks/test/dev.json");
      expect(state).toContain("shelf:index:Item::cluster");
      expect(state).not.toContain("hidden-password");

      await expectSuccess(engine, "preview", "--expect-no-changes", "--stack", "dev");
      await expectSuccess(
        engine,
        "refresh",
        "--yes",
        "--skip-preview",
        "--expect-no-changes",
        "--stack",
        "dev",
      );
      shelf.items.set("cluster", { colour: "green" });
      const drift = await pulumi(engine, [
        "refresh",
        "--yes",
        "--skip-preview",
        "--expect-no-changes",
        "--stack",
        "dev",
      ]);
      expect(drift.code).not.toBe(0);

      await expectSuccess(engine, "destroy", "--yes", "--skip-preview", "--stack", "dev");
      expect(shelf.items.size).toBe(0);
      await expectSuccess(engine, "stack", "rm", "dev", "--yes");
      expect(
        (await azurite.list()).filter((name) => /stacks\/test\/dev\.json$|\/locks\//.test(name)),
      ).toEqual([]);
    });
  },
  ENGINE_TIMEOUT,
);

test(
  "the workflows' scripts: deploy, preview with read access alone, refusal by policy, destroy",
  async () => {
    const settings: { colour: string; seen?: unknown } = { colour: "blue" };
    await withShelfOnAzurite(platform(settings), async (engine) => {
      const { folder, shelf } = engine;
      const step = (name: string, args: string[], access: "write" | "read" = "write") =>
        runStep({ script: `ops/ci/${name}.sh`, args, folder, environment: engine.environment(access) });
      const missing = await step("deploy", ["dev"]);
      expect(missing.code).not.toBe(0);
      expect(missing.stderr).toContain("no stack named 'dev' found");
      await expectSuccess(engine, "stack", "init", "dev", "--secrets-provider", "passphrase");

      const deployed = await step("deploy", ["dev", OTHER_DIGEST]);
      expect(deployed).toMatchObject({ code: 0, stderr: "" });
      expect(deployed.outputs).toEqual({
        url: "http://api.example",
        image: `registry.azurecr.io/api:${COMMIT}@${OTHER_DIGEST}`,
      });
      expect(settings.seen).toEqual({
        image: { digest: OTHER_DIGEST },
        access: { kubelogin: "workloadidentity" },
      });

      const quiet = await step("preview", ["dev", "previews"], "read");
      expect(quiet).toMatchObject({ code: 0, stderr: "" });
      expect(settings.seen).toMatchObject({ image: { commit: COMMIT, digest: OTHER_DIGEST } });
      expect(readFileSync(path.join(folder, "previews/dev.txt"), "utf8")).toMatch(
        /Resources:\n +\d+ unchanged/,
      );

      expect((await step("deploy", ["dev"], "read")).code).not.toBe(0);
      settings.colour = "grey";
      const refused = await step("preview", ["dev", "previews"], "read");
      expect(refused.code).not.toBe(0);
      expect(readFileSync(path.join(folder, "previews/dev.txt"), "utf8")).toContain("no-grey-items");
      expect(readFileSync(path.join(folder, "previews/dev.status"), "utf8").trim()).toBe(
        String(refused.code),
      );
      expect((await step("deploy", ["dev"])).code).not.toBe(0);
      expect(shelf.items.get("cluster")).toMatchObject({ colour: "blue" });

      const unconfirmed = await step("destroy", ["dev", "prod"]);
      expect(unconfirmed.stderr).toContain('confirmation: got "prod", allowed: "dev"');
      expect(shelf.items.size).toBe(3);
      const destroyed = await step("destroy", ["dev", "dev"]);
      expect(destroyed).toMatchObject({ code: 0 });
      expect([...shelf.items.keys()].sort()).toEqual(["grant", "group"]);
      expect(destroyed.summary).toMatch(/shelf:index:Item::group[^]*shelf:index:Item::grant/);
      expect(destroyed.summary).not.toContain("cluster");
      await expectSuccess(engine, "destroy", "--yes", "--skip-preview", "--stack", "dev");
      expect(shelf.items.size).toBe(0);
    });
  },
  ENGINE_TIMEOUT,
);
