import { readFileSync } from "node:fs";
import * as path from "node:path";

import { COMMIT, runScript as run } from "./support/ciScript";
import type { Rule } from "./support/fakes";
import { deployedOutputs, type StackOutputs } from "./support/stackOutputs";

const DIGEST = `sha256:${"ab".repeat(32)}`;
let OUTPUTS: StackOutputs;
let REGISTRY: string;

beforeAll(async () => {
  OUTPUTS = await deployedOutputs();
  REGISTRY = OUTPUTS.apiImage.split(".")[0] ?? "";
}, 180_000);

const outputs = (value: object): Rule => ({
  match: "^stack output --stack dev --json",
  prints: JSON.stringify(value),
});

describe("ops/ci/build-image.sh", () => {
  const RUNS = "^acr task list-runs --registry [a-z0-9]+ --image api:";
  const registry = () => ({ match: "^acr list", prints: REGISTRY });
  const stored = (pool = ""): Rule[] => [
    registry(),
    { match: RUNS, needs: "image", prints: DIGEST },
    { match: "^acr repository show", status: 1 },
    { match: "^acr agentpool list", prints: pool },
    { match: "^acr build", sets: ["image"], prints: "log of the build\n" },
  ];

  test.each([
    ["the registry's own agents", "", ""],
    ["a private registry's pool", "build", "--agent-pool build "],
  ])("builds the commit on %s and gives the digest", async (_, pool, option) => {
    const {
      code,
      outputs: given,
      calls,
      stdout,
    } = await run({ script: "build-image", az: stored(pool), pulumi: [outputs(OUTPUTS)] });
    expect(code).toBe(0);
    expect(given).toEqual({ digest: DIGEST });
    expect(stdout).toBe("log of the build\n");
    expect(calls.filter((call) => call.startsWith("az acr build"))).toEqual([
      `az acr build --registry ${REGISTRY} --image api:${COMMIT} --platform linux/amd64 ${option}--build-arg GIT_SHA=${COMMIT} service`,
    ]);
  });

  test.each([
    ["a run of the last 30 days tells of", [{ match: RUNS, prints: DIGEST }]],
    ["the registry itself tells of", [{ match: RUNS }, { match: "^acr repository show", prints: DIGEST }]],
  ])("does not build again what %s", async (_, az) => {
    const { outputs: given, calls } = await run({
      script: "build-image",
      az: [...az, registry()],
      pulumi: [outputs(OUTPUTS)],
    });
    expect(given).toEqual({ digest: DIGEST });
    expect(calls.join()).not.toContain("acr build");
  });

  test("leaves the build to the program where there is no registry yet", async () => {
    const {
      code,
      outputs: given,
      calls,
      summary,
    } = await run({ script: "build-image", pulumi: [outputs({})] });
    expect({ code, given }).toEqual({ code: 0, given: { digest: "" } });
    expect(calls.filter((call) => call.startsWith("az"))).toEqual([]);
    expect(summary).toContain("First deployment of `dev`");
  });

  test("leaves the build to the program where the registry was destroyed", async () => {
    const { code, outputs: given } = await run({
      script: "build-image",
      az: [{ match: "^acr list" }],
      pulumi: [outputs(OUTPUTS)],
    });
    expect({ code, given }).toEqual({ code: 0, given: { digest: "" } });
  });

  test.each([
    ["a failed build", { match: "^acr build", status: 1 }, /^$/],
    ["a digest of another form", { match: RUNS, prints: "sha1:0" }, /got "sha1:0", allowed: sha256:/],
  ])("%s ends it without a digest", async (_case, rule, message) => {
    const {
      code,
      outputs: given,
      stderr,
    } = await run({ script: "build-image", az: [rule, ...stored()], pulumi: [outputs(OUTPUTS)] });
    expect(code).not.toBe(0);
    expect(given).toEqual({});
    expect(stderr).toMatch(message);
  });

  test("a state that cannot be read is no first deployment", async () => {
    const {
      code,
      stderr,
      outputs: given,
    } = await run({ script: "build-image", pulumi: [{ match: "^stack output", status: 255 }] });
    expect(code).toBe(1);
    expect(given).toEqual({});
    expect(stderr).toContain('the outputs of stack "dev" cannot be read from azblob://state');
  });
});

describe("ops/ci/deploy.sh", () => {
  const up = { match: "^(up|config set-all) " };

  test("passes the digest by configuration and gives the address", async () => {
    const {
      code,
      outputs: given,
      calls,
      summary,
    } = await run({
      script: "deploy",
      args: ["dev", DIGEST],
      pulumi: [up, outputs(OUTPUTS)],
    });
    expect(code).toBe(0);
    expect(given).toEqual({ url: OUTPUTS.apiUrl, image: OUTPUTS.apiImage });
    expect(summary).toContain(OUTPUTS.apiUrl);
    expect(calls[0]).toBe(
      "pulumi config set-all --stack dev --path --plaintext access.kubelogin=workloadidentity " +
        `--plaintext api.image.digest=${DIGEST}`,
    );
    expect(calls[1]).toMatch(/^pulumi up --yes --stack dev --policy-pack policy-pack /);
    expect(calls[1]).not.toContain("--skip-preview");
  });

  test("without a digest names this repository as the source", async () => {
    const environment = { GITHUB_REPOSITORY: "acme/platform", GITHUB_SERVER_URL: "https://github.example" };
    const { calls } = await run({
      script: "deploy",
      args: ["dev", ""],
      pulumi: [up, outputs(OUTPUTS)],
      environment,
    });
    expect(calls[0]).toContain(
      "--plaintext api.image.sourceRepository=https://github.example/acme/platform.git",
    );
    expect(calls[0]).not.toContain("digest");
  });

  test("a failed up fails the step before anything is given", async () => {
    const { code, outputs: given } = await run({
      script: "deploy",
      pulumi: [{ match: "^config set-all " }, { match: "^up ", status: 255 }, outputs(OUTPUTS)],
    });
    expect(code).toBe(255);
    expect(given).toEqual({});
  });

  test("a stack that says not where it answers is an error", async () => {
    const { code, stderr } = await run({ script: "deploy", pulumi: [up, outputs({ apiUrl: "http://x" })] });
    expect(code).toBe(1);
    expect(stderr).toContain("the stack's outputs apiUrl and apiImage");
  });
});

describe("ops/ci/preview.sh", () => {
  test("keeps the running image, and hands on what Pulumi said and its status", async () => {
    const pulumi = [
      { match: "^config set-all " },
      { match: "^preview ", prints: "Resources:\n    3 unchanged\n", status: 7 },
      outputs(OUTPUTS),
    ];
    const { code, calls } = await run({ script: "preview", args: ["dev", "out"], pulumi }, (folder) => {
      expect(readFileSync(path.join(folder, "out/dev.txt"), "utf8")).toBe("Resources:\n    3 unchanged\n");
      expect(readFileSync(path.join(folder, "out/dev.status"), "utf8")).toBe("7\n");
    });
    expect(code).toBe(7);
    expect(calls.at(-2)).toContain(
      OUTPUTS.apiImage.replace(
        /^.*:([0-9a-f]{40})@(.*)$/,
        "--plaintext api.image.commit=$1 --plaintext api.image.digest=$2",
      ),
    );
    expect(calls.at(-1)).toMatch(/^pulumi preview --stack dev /);
  });

  test("an unreadable state is in the report too", async () => {
    const pulumi = [{ match: "^stack output", status: 255 }];
    const { code, calls } = await run({ script: "preview", args: ["dev", "out"], pulumi }, (folder) => {
      expect(readFileSync(path.join(folder, "out/dev.txt"), "utf8")).toContain(
        "cannot be read from azblob://state",
      );
      expect(readFileSync(path.join(folder, "out/dev.status"), "utf8")).toBe("1\n");
    });
    expect(code).toBe(1);
    expect(calls.join()).not.toContain("pulumi preview");
  });
});

describe("ops/ci/destroy.sh", () => {
  const resources = (...types: string[]) => ({
    deployment: { resources: types.map((type) => ({ type, custom: true, urn: `urn::${type}` })) },
  });
  const destroyed = (...types: string[]): Rule[] => [
    { match: "^destroy " },
    { match: "^stack export", prints: JSON.stringify(resources("pulumi:providers:azure-native", ...types)) },
  ];

  test("keeps what it signs in with, and says so", async () => {
    const pulumi = destroyed("azure-native:resources:ResourceGroup");
    const { code, calls, summary } = await run({ script: "destroy", args: ["dev", "dev"], pulumi });
    expect(code).toBe(0);
    expect(calls[0]).toContain("--exclude **platform:azure:GithubDelivery**");
    expect(summary).toContain("- urn::azure-native:resources:ResourceGroup\n");
    expect(summary).toContain("pulumi destroy --stack dev");
  });

  test("says when nothing is left", async () => {
    const { summary } = await run({ script: "destroy", args: ["dev", "dev"], pulumi: destroyed() });
    expect(summary).toBe("Destroyed `dev`: nothing is left.\n");
  });
});
