/** The whole platform by the workflows' scripts: emulated clouds, the real engine, state in Azurite. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { DEPLOYER, openClouds, stopNode } from "../../local/driver/clouds";
import { type Layout, REPOSITORY_ROOT } from "../../local/driver/layout";
import type { Clouds } from "../../local/driver/session";
import { reservePort } from "../support/ports";
import { serveWithNodeHost } from "../support/nodeHost";
import { type DeliveryEngine, withEngineOnAzurite } from "./support/engine";
import { createFakes } from "./support/fakes";
import { expectSuccess } from "./support/pulumi";
import { runStep, type StepResult } from "./support/run";

const TIMEOUT = 300_000;
/** The emulated clouds' one user, by name, as a stack that is delivered must have it. */
const DELIVERY = `  aks-platform:delivery:
    github: { repository: acme/aks-platform, environments: [dev] }
  aks-platform:access:
    clusterAdmins: [{ objectId: ${DEPLOYER.objectId}, principalType: User }]
`;

/** The checkout's settings, with a stack `dev` that GitHub may deliver, and its policy pack. */
function createProject({ project }: Layout): void {
  cpSync(path.join(REPOSITORY_ROOT, "Pulumi.yaml"), path.join(project, "Pulumi.yaml"));
  const settings = readFileSync(path.join(REPOSITORY_ROOT, "Pulumi.dev.yaml"), "utf8");
  writeFileSync(path.join(project, "Pulumi.dev.yaml"), `${settings.trimEnd()}\n${DELIVERY}`);
  symlinkSync(path.join(REPOSITORY_ROOT, "policy-pack"), path.join(project, "policy-pack"));
}

interface Stage extends DeliveryEngine {
  readonly clouds: Clouds;
  /** Runs a script of ops/ci for the stack `dev`; `az` knows the registry once it holds an image. */
  readonly step: (script: string, args: readonly string[], image?: string) => ReturnType<typeof runStep>;
}

async function withPlatform(test: (stage: Stage) => Promise<void>): Promise<void> {
  const opened: Clouds[] = [];
  const open = async (layout: Layout) => {
    createProject(layout);
    const warn = (message: string) => process.stderr.write(`${message}\n`);
    const clouds = await openClouds({ layout, stack: "dev", verb: "up", port: await reservePort(), warn });
    opened.push(clouds);
    const close = async () => {
      await clouds.close();
      await stopNode(layout, "dev");
    };
    const providers = await clouds.serve(false);
    return { language: await serveWithNodeHost(REPOSITORY_ROOT), providers, close };
  };
  await withEngineOnAzurite(open, async (engine) => {
    const { folder } = engine;
    const [clouds] = opened;
    if (clouds === undefined) throw new Error("the clouds are not open");
    const step: Stage["step"] = (script, args, image) => {
      const stored = /^(\w+)\..*@(.*)$/.exec(image ?? "");
      const az =
        stored === null
          ? [{ match: "^acr list" }]
          : [
              { match: "^acr list", prints: stored[1] ?? "" },
              { match: "^acr task list-runs", prints: stored[2] ?? "" },
            ];
      createFakes(folder, { az });
      const environment = engine.environment("write");
      const search = [path.join(folder, "fakes"), environment["PATH"]].join(path.delimiter);
      return runStep({
        script: `ops/ci/${script}.sh`,
        args: ["dev", ...args],
        folder,
        environment: { ...environment, PATH: search },
      });
    };
    await test({ ...engine, clouds, step });
  });
}

/** Fails with what the step printed. */
function expectSuccessful({ code, stdout, stderr }: StepResult): void {
  expect({ code, stderr, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stderr: "", stdout: "" });
}

test(
  "first deployment, a later one with an image built beforehand, destruction",
  async () => {
    await withPlatform(async (stage) => {
      const { clouds, folder, step } = stage;
      await expectSuccess(stage, "stack", "init", "dev", "--secrets-provider", "passphrase");
      expect(await step("build-image", [])).toMatchObject({ code: 0, outputs: { digest: "" } });
      const first = await step("deploy", [""]);
      expectSuccessful(first);
      const { url = "", image = "" } = first.outputs;
      expect(image).toMatch(/^\w+\.azurecr\.io\/api:[0-9a-f]{40}@sha256:[0-9a-f]{64}$/);
      const commit = /:([0-9a-f]{40})@/.exec(image)?.[1] ?? "";
      const address = await clouds.url();
      const args = ["--url", address ?? url, "--commit", commit, "--wait", "20"];
      const environment = { PATH: process.env["PATH"] };
      const smoke = await runStep({
        script: "ops/ci/smoke.ts",
        args,
        folder,
        workingDirectory: REPOSITORY_ROOT,
        environment,
      });
      expect(smoke).toMatchObject({ code: 0, stderr: "" });

      const built = await step("build-image", [], image);
      expect(`${image.split("@")[0] ?? ""}@${built.outputs["digest"] ?? ""}`).toBe(image);
      const later = await step("deploy", [built.outputs["digest"] ?? ""], image);
      expectSuccessful(later);
      expect(later).toMatchObject({ code: 0, outputs: { url, image } });
      // The image stays, whoever had it built: the task that built the first one is all that goes.
      expect(later.stdout).toMatch(/Resources:\n {4}- 1 deleted\n {4}\d+ unchanged\n/);
      expect([...new Set(later.stdout.match(/(?<=^ - {2})\S+ \S+/gm))].sort()).toEqual([
        "azure-native:containerregistry:TaskRun api-image-build",
      ]);
      const preview = await step("preview", ["previews"]);
      expectSuccessful(preview);
      expect(readFileSync(path.join(folder, "previews/dev.txt"), "utf8")).toMatch(
        /Resources:\n {4}\d+ unchanged\n/,
      );

      const destroyed = await step("destroy", ["dev"]);
      expectSuccessful(destroyed);
      const left = destroyed.summary.match(/^- .*$/gm) ?? [];
      const types = left.map((line) => line.split("::")[2]?.split("$").at(-1));
      expect(types.sort()).toEqual([
        ...Array<string>(6).fill("azure-native:authorization:RoleAssignment"),
        "azure-native:resources:ResourceGroup",
        "azure-native:resources:ResourceGroup",
        "azuread:index/application:Application",
        "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
        "azuread:index/servicePrincipal:ServicePrincipal",
      ]);
      expect(clouds.objects()).toHaveLength(types.length);
      await expectSuccess(stage, "destroy", "--yes", "--skip-preview", "--stack", "dev");
      expect(clouds.objects()).toEqual([]);
    });
  },
  TIMEOUT,
);
