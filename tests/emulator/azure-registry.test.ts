import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findImage } from "../../local/azure/registry";
import { ProviderError, type JsonObject } from "../../local/provider/backend";
import { at, text } from "../../local/provider/values";
import { Azure, GROUP } from "./azure-support";

const DIGEST = `sha256:${"a".repeat(64)}`;
const DOCKERFILE = `FROM node:24@${DIGEST}
ARG GIT_SHA=unknown
ENV GIT_SHA=\${GIT_SHA}
WORKDIR /app
USER 1000
EXPOSE 8080
ENTRYPOINT ["node", "dist/server.js"]
`;
const BUILD = "mkdir dist && cp src/server.js dist/ && date +%s%N > dist/built-at && log-builds";

let root: string;
let azure: Azure;

function git(...args: string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  return execFileSync("git", [...identity, ...args], { cwd: root, encoding: "utf8" }).trim();
}

function write(files: Readonly<Record<string, string>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content, { mode: 0o755 });
  }
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "change");
  return git("rev-parse", "HEAD");
}

/** How often the service's build script has run. */
function builds(): number {
  const log = join(root, "builds.log");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0;
}

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "registry-")));
  git("init", "--quiet");
  write({
    ".gitignore": "builds\nbuilds.log\nnode_modules\n",
    "service/package.json": JSON.stringify({ name: "service", scripts: { build: BUILD } }),
    "service/src/server.js": "console.log('one');\n",
    "service/Dockerfile": DOCKERFILE,
    // A tool of the workspace, which the build finds as npm would.
    "node_modules/.bin/log-builds": `#!/bin/sh\necho built >> ${root}/builds.log\n`,
    "service/node_modules/dependency/index.js": "module.exports = 1;\n",
  });
  azure = new Azure({ repositoryRoot: root, buildFolder: join(root, "builds") });
  await azure.group();
  await azure.create("containerregistry:Registry", {
    resourceGroupName: "rg",
    registryName: "images",
    sku: { name: "Basic" },
  });
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function taskRun(commit: string, changes: JsonObject = {}): JsonObject {
  return {
    resourceGroupName: "rg",
    registryName: "images",
    taskRunName: `build-${commit.slice(0, 7)}`,
    forceUpdateTag: commit,
    runRequest: {
      type: "DockerBuildRequest",
      sourceLocation: `https://github.com/acme/platform.git#${commit}:service`,
      dockerFilePath: "Dockerfile",
      imageNames: [`api:${commit}`, "api:latest"],
      isPushEnabled: true,
      platform: { os: "Linux" },
      arguments: [{ name: "GIT_SHA", value: commit }],
      ...changes,
    },
  };
}

const run = (commit: string, changes: JsonObject = {}) =>
  azure.create("containerregistry:TaskRun", taskRun(commit, changes));

test("a task run builds the commit and pushes an image that the kubelet finds", async () => {
  const commit = git("rev-parse", "HEAD");
  const { outputs } = await run(commit);
  const image = findImage(azure.store, `images.azurecr.io/api:${commit}`);
  expect(image).toMatchObject({
    commit,
    config: {
      entrypoint: ["node", "dist/server.js"],
      env: { GIT_SHA: commit },
      user: "1000",
      workdir: "/app",
      exposedPort: 8080,
    },
  });
  expect(readFileSync(join(image?.folder ?? "", "dist/server.js"), "utf8")).toBe("console.log('one');\n");
  expect(readdirSync(join(image?.folder ?? "", "node_modules"))).toEqual(["dependency"]);
  expect(image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(text(outputs, "provisioningState")).toBe("Succeeded");
  expect(at(outputs, "runResult.outputImages")).toEqual([
    { registry: "images.azurecr.io", repository: "api", tag: commit, digest: image?.digest },
    { registry: "images.azurecr.io", repository: "api", tag: "latest", digest: image?.digest },
  ]);
  expect(findImage(azure.store, `images.azurecr.io/api@${image?.digest ?? ""}`)?.commit).toBe(commit);
  expect(findImage(azure.store, "images.azurecr.io/api")?.tag).toBe("latest");
  expect(findImage(azure.store, "images.azurecr.io/api:other")).toBeUndefined();
});

test("the image is the commit's, whatever lies in the checkout", async () => {
  const commit = git("rev-parse", "HEAD");
  writeFileSync(join(root, "service/src/server.js"), "not committed");
  await run(commit);
  const folder = findImage(azure.store, `images.azurecr.io/api:${commit}`)?.folder ?? "";
  expect(readFileSync(join(folder, "src/server.js"), "utf8")).toBe("console.log('one');\n");
});

test("the same content is built once, also from another commit and at the same time; a change is built anew", async () => {
  const first = git("rev-parse", "HEAD");
  const second = write({ "README.md": "docs" });
  await Promise.all([run(first), run(second)]);
  expect(builds()).toBe(1);
  const digestOf = (commit: string) => findImage(azure.store, `images.azurecr.io/api:${commit}`)?.digest;
  // GIT_SHA is in the image's environment.
  expect(digestOf(first)).not.toBe(digestOf(second));
  const third = write({ "service/src/server.js": "console.log('two');\n" });
  await run(third);
  expect(builds()).toBe(2);
});

test("images go with their registry, not with the task run", async () => {
  const commit = git("rev-parse", "HEAD");
  const made = await run(commit);
  await azure.delete("containerregistry:TaskRun", made.id);
  expect(findImage(azure.store, "images.azurecr.io/api:latest")).toBeDefined();
  await azure.delete(
    "containerregistry:Registry",
    `${GROUP}/providers/Microsoft.ContainerRegistry/registries/images`,
  );
  expect(findImage(azure.store, "images.azurecr.io/api:latest")).toBeUndefined();
});

test("an image that is not pushed is nowhere", async () => {
  await run(git("rev-parse", "HEAD"), { isPushEnabled: false });
  expect(findImage(azure.store, "images.azurecr.io/api:latest")).toBeUndefined();
});

describe("a run fails on", () => {
  test("a commit that the repository does not have", async () => {
    await expect(run("0".repeat(40))).rejects.toThrow(`TaskRunFailed: Run ca`);
    await expect(run("1".repeat(40))).rejects.toThrow(
      `the commit ${"1".repeat(40)} is not in the repository`,
    );
  });

  test("a folder that the commit does not have", async () => {
    const commit = git("rev-parse", "HEAD");
    const sourceLocation = `https://github.com/acme/platform.git#${commit}:api`;
    await expect(run(commit, { sourceLocation })).rejects.toThrow(`the commit ${commit} has no folder 'api'`);
  });

  test("a missing Dockerfile", async () => {
    await expect(run(git("rev-parse", "HEAD"), { dockerFilePath: "Other" })).rejects.toThrow(
      "unable to find the Dockerfile 'Other'",
    );
  });

  test("a base image without a digest", async () => {
    const commit = write({ "service/Dockerfile": "FROM node:24\n" });
    await expect(run(commit)).rejects.toThrow("the base image 'node:24' is not pinned by digest");
  });

  test("a build that fails, with the end of its log; what was there stays, failed, and an update repairs it", async () => {
    const broken = write({
      "service/package.json": JSON.stringify({
        scripts: { build: "echo 'src/server.ts(1,1): error TS1' && exit 2" },
      }),
    });
    const error: unknown = await run(broken).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProviderError);
    const failure = error as ProviderError;
    expect(failure.message).toContain("ended with 2:\nsrc/server.ts(1,1): error TS1");
    expect(failure.partial?.outputs["provisioningState"]).toBe("Failed");
    expect(azure.store.get(failure.partial?.id ?? "")).toBeDefined();
    expect(readdirSync(join(root, "builds"))).toEqual(["node_modules"]);

    const fixed = write({ "service/package.json": JSON.stringify({ scripts: { build: BUILD } }) });
    const inputs = { ...taskRun(fixed), taskRunName: `build-${broken.slice(0, 7)}` };
    const state = { id: failure.partial?.id ?? "", outputs: {}, inputs };
    const updated = await azure.update("containerregistry:TaskRun", state, inputs);
    expect(updated.outputs["provisioningState"]).toBe("Succeeded");
    expect(findImage(azure.store, `images.azurecr.io/api:${fixed}`)).toBeDefined();
  });
});
