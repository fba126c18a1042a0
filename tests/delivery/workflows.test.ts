import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { pinnedVersion } from "../../local/engine";
import { allSteps, scriptOf, githubFiles, type Job, workflows } from "./support/workflows";

const all = workflows();
const jobs = Object.entries(all).flatMap(([name, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]): [string, Job] => [`${name}.${id}`, job]),
);
const job = (name: string): Job => {
  const found = jobs.find(([id]) => id === name)?.[1];
  if (found === undefined) throw new Error(`there is no job ${name}`);
  return found;
};
const signIn = (candidate: Job) => candidate.permissions?.["id-token"] === "write";

test("there are the five workflows", () => {
  expect(Object.keys(all).sort()).toEqual(["deploy", "destroy", "nightly", "preview", "test"]);
});

describe("supply chain", () => {
  test("every action is pinned by its commit, with the release beside it", () => {
    const uses = githubFiles().flatMap(([file, text]) =>
      [...text.matchAll(/uses: *(\S+)(.*)$/gm)].map(([, action = "", comment = ""]) => ({
        file,
        action,
        comment,
      })),
    );
    const foreign = uses.filter(({ action }) => !action.startsWith("./"));
    expect(foreign.length).toBeGreaterThan(10);
    for (const { action, comment } of foreign) {
      expect(`${action}${comment}`).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+(\.\d+)+$/);
    }
    for (const { action } of uses.filter((use) => use.action.startsWith("./"))) {
      const file = path.join(REPOSITORY_ROOT, action);
      expect(existsSync(action.endsWith(".yml") ? file : path.join(file, "action.yml"))).toBe(true);
    }
  });

  test("one action has one pin everywhere", () => {
    const pins = new Map<string, Set<string>>();
    for (const [, { uses = "./" }] of allSteps()) {
      const [action = "", pin = ""] = uses.split("@");
      pins.set(action, (pins.get(action) ?? new Set()).add(pin));
    }
    expect([...pins].filter(([, versions]) => versions.size > 1)).toEqual([]);
  });

  test("the Pulumi CLI is the one that tools/pulumi pins", () => {
    const [, step] = allSteps().find(([, { uses = "" }]) => uses.startsWith("pulumi/actions@")) ?? [];
    expect(step?.with?.["pulumi-version"]).toBe(pinnedVersion(REPOSITORY_ROOT));
  });

  test("no checkout leaves its token behind, and no run with credentials restores a cache", () => {
    const checkouts = allSteps().filter(([, { uses = "" }]) => uses.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(4);
    for (const [, step] of checkouts) expect(step.with?.["persist-credentials"]).toBe(false);
    for (const [, step] of allSteps().filter(([, { uses = "" }]) => uses.startsWith("actions/setup-node@"))) {
      expect(step.with?.["package-manager-cache"]).toBe(false);
    }
  });
});

describe("access", () => {
  test("there is no secret but the run's own token", () => {
    for (const [, text] of githubFiles())
      expect(text).not.toMatch(/secrets\s*[.[](?!GITHUB_TOKEN)|client-secret|inherit/);
  });

  test("a workflow grants nothing by itself but to read, and each job what it needs", () => {
    for (const { permissions } of Object.values(all)) {
      expect(permissions).toBeDefined();
      expect([{}, { contents: "read" }]).toContainEqual(permissions);
    }
    expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual({
      "deploy.test": { contents: "read" },
      "deploy.deploy": { contents: "read", "id-token": "write" },
      "destroy.destroy": { contents: "read", "id-token": "write" },
      "nightly.check": { contents: "read" },
      "preview.offline": { contents: "read" },
      "preview.azure": { contents: "read", "id-token": "write" },
      "preview.comment": { contents: "read", "pull-requests": "write" },
      "test.test": { contents: "read" },
    });
  });

  test("whoever signs in does so in an environment; pull requests in one that can only read", () => {
    const environments = jobs
      .filter(([, candidate]) => signIn(candidate))
      .map(([name, { environment }]) => [name, environment?.name]);
    expect(Object.fromEntries(environments)).toEqual({
      "deploy.deploy": "${{ inputs.stack || 'dev' }}",
      "destroy.destroy": "${{ inputs.stack }}",
      "preview.azure": "${{ matrix.stack }}-preview",
    });
  });

  test("forks and Dependabot have the offline preview alone", () => {
    expect(all["preview"]?.on).not.toHaveProperty("pull_request_target");
    expect(job("preview.azure").if).toContain(
      "github.event.pull_request.head.repo.full_name == github.repository",
    );
    expect(job("preview.azure").if).toContain("!= 'dependabot[bot]'");
    expect(job("preview.offline").if).toBeUndefined();
    expect(job("preview.offline").steps?.map(({ run }) => run)).toContain("make preview");
  });

  test("the comment is written by the target branch's script", () => {
    const checkout = job("preview.comment").steps?.find(({ uses = "" }) =>
      uses.startsWith("actions/checkout@"),
    );
    expect(checkout?.with?.["ref"]).toBe("${{ github.event.pull_request.base.sha }}");
  });
});

describe("runs", () => {
  test("every run is a script of the repository, make, or npm ci", () => {
    const runs = allSteps().flatMap(([place, step]) =>
      step.run === undefined ? [] : [[place, step.run.trim(), scriptOf(step) ?? ""] as const],
    );
    expect(runs.length).toBeGreaterThan(6);
    for (const [place, run, script] of runs) {
      expect(`${place}: ${run}`).not.toContain("\n");
      // What an expression holds would be read as shell: values come by the environment.
      expect(`${place}: ${run}`).not.toContain("${{");
      if (/^(make [a-z]+|npm ci( --[a-z-]+)*)$/.test(run)) continue;
      expect(`${place}: ${script}`).toMatch(/: (ops|bootstrap|tools)\/[\w/.-]+\.(sh|ts)$/);
      accessSync(path.join(REPOSITORY_ROOT, script), constants.X_OK);
    }
  });

  test("every variable that a run names is set", () => {
    for (const [name, candidate] of jobs) {
      const own = new Set(Object.keys((candidate as { env?: object }).env ?? {}));
      for (const { run = "", env = {} } of candidate.steps ?? []) {
        const named = [...run.matchAll(/\$([A-Z_]+)/g)].map(([, variable = ""]) => variable);
        const unset = named.filter(
          (variable) => !(variable in env) && !own.has(variable) && variable !== "GITHUB_SHA",
        );
        expect({ name, unset }).toEqual({ name, unset: [] });
      }
    }
  });

  test("every script of ops/ci that is started is executable and has a use", () => {
    const used = allSteps().map(([, step]) => scriptOf(step));
    const folder = path.join(REPOSITORY_ROOT, "ops/ci");
    const started = readdirSync(folder).filter((file) =>
      readFileSync(path.join(folder, file), "utf8").startsWith("#!"),
    );
    expect(started.map((file) => `ops/ci/${file}`).sort()).toEqual(
      [...new Set(used)].filter((run) => run?.startsWith("ops/")).sort(),
    );
  });

  test("every job has its time", () => {
    for (const [name, candidate] of jobs.filter(([, { uses }]) => uses === undefined)) {
      expect({ name, minutes: candidate["timeout-minutes"] }).toEqual({
        name,
        minutes: expect.any(Number) as number,
      });
      expect(candidate["timeout-minutes"]).toBeLessThanOrEqual(60);
    }
  });

  test("one change of a stack at a time, never broken off; previews make way", () => {
    expect(all["deploy"]?.concurrency).toEqual({
      group: "stack-${{ inputs.stack || 'dev' }}",
      "cancel-in-progress": false,
    });
    // Of those that wait in a group GitHub keeps the newest only: a push would drop a destruction.
    expect(all["destroy"]?.concurrency).toEqual({
      group: "destroy-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
    expect(all["preview"]?.concurrency).toMatchObject({ "cancel-in-progress": true });
    expect(all["test"]?.concurrency?.group).toContain("github.run_id");
  });

  test("what changes a stack is the first process of its step, so that it learns of a cancellation", () => {
    const runs = [...(job("deploy.deploy").steps ?? []), ...(job("destroy.destroy").steps ?? [])].flatMap(
      ({ run }) => run ?? [],
    );
    const changing = runs.filter((run) => /(deploy|destroy|build-image)\.sh/.test(run));
    expect(changing).toHaveLength(3);
    expect(changing.filter((run) => !run.startsWith("exec "))).toEqual([]);
  });

  test("a stack is destroyed by hand alone, with its name typed", () => {
    expect(Object.keys(all["destroy"]?.on ?? {})).toEqual(["workflow_dispatch"]);
    expect(all["destroy"]?.on["workflow_dispatch"]).toMatchObject({
      inputs: { confirmation: { required: true } },
    });
  });

  test("a preview runs when anything changes that a plan depends on", () => {
    const { paths = [] } = all["preview"]?.on["pull_request"] as { paths?: string[] };
    const patterns = paths.map(
      (pattern) =>
        new RegExp(
          `^${pattern.replaceAll(".", "\\.").replaceAll("**", "§").replaceAll("*", "[^/]*").replaceAll("§", ".*")}$`,
        ),
    );
    const covered = (file: string) => patterns.some((pattern) => pattern.test(file));
    const sources = [
      ...[
        "index.ts",
        "Pulumi.yaml",
        "Pulumi.dev.yaml",
        "Pulumi.prod.yaml",
        "package.json",
        "package-lock.json",
      ],
      ...[
        "tsconfig.base.json",
        "tsconfig.pulumi.json",
        ".node-version",
        "config/schema.ts",
        "components/workloads/apiPod.ts",
      ],
      ...["policy-pack/index.ts", "service/src/app.ts", "ops/ci/preview.sh", ".github/workflows/preview.yml"],
    ];
    expect(sources.filter((file) => !existsSync(path.join(REPOSITORY_ROOT, file)))).toEqual([]);
    expect(sources.filter((file) => !covered(file))).toEqual([]);
    expect(["README.md", "docs/runbooks/ci.md", "tests/unit/a.test.ts"].filter(covered)).toEqual([]);
  });

  test("deploys in the order test, image, stack, smoke test, and hands the digest on", () => {
    expect(job("deploy.deploy")).toMatchObject({ needs: "test" });
    const steps = job("deploy.deploy").steps ?? [];
    expect(steps.flatMap((step) => (step.run === undefined ? [] : [scriptOf(step)]))).toEqual([
      "ops/ci/select-commit.sh",
      "ops/ci/build-image.sh",
      "ops/ci/deploy.sh",
      "ops/ci/smoke.ts",
    ]);
    expect(steps.find(({ id }) => id === "deploy")?.env).toEqual({
      DIGEST: "${{ steps.image.outputs.digest }}",
    });
  });
});
