/** GitHub signals a step's first process only: what a script started must learn of it, and be waited for. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { createHome } from "../support/engine";
import { fakeTool } from "../support/fakes";
import { runStep } from "./support/run";

/** A folder with a stack `dev` and a `pulumi` that does as told on `up`. */
function createStage(onUp: string) {
  const home = createHome();
  const { folder } = home;
  writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "config: {}\n");
  const outputs = JSON.stringify({ apiUrl: "http://x.example", apiImage: "x" });
  const tool = `case $1 in up) ${onUp} ;; stack) echo '${outputs}' ;; esac`;
  const bin = path.dirname(fakeTool(path.join(folder, "bin"), "pulumi", tool));
  const environment = {
    PATH: [bin, process.env["PATH"]].join(path.delimiter),
    PULUMI_BACKEND_URL: "azblob://state",
    LOCK_POLL_SECONDS: "0.1",
  };
  return { ...home, environment };
}

describe("a cancelled run", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("%s reaches Pulumi, whose end is waited for", async (signal) => {
    const short = signal.slice(3);
    const stage = createStage(
      `trap 'echo ${short} >signalled; sleep 0.5; echo saved >>signalled; exit 1' ${short}; ` +
        "touch started; while :; do sleep 0.1; done",
    );
    try {
      // As a workflow's step does: a shell that becomes the script.
      const script = `exec ${path.join(REPOSITORY_ROOT, "ops/ci/deploy.sh")} dev`;
      const child = spawn("bash", ["-e", "-c", script], { cwd: stage.folder, env: stage.environment });
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      while (!existsSync(path.join(stage.folder, "started"))) await new Promise((go) => setTimeout(go, 20));
      child.kill(signal);
      expect(await ended).toBe(1);
      expect(readFileSync(path.join(stage.folder, "signalled"), "utf8")).toBe(`${short}\nsaved\n`);
    } finally {
      stage.remove();
    }
  });
});

describe("a stack that another run holds", () => {
  const LOCKED = "echo 'error: the stack is currently locked by 1 lock(s).' >&2; exit 255";

  test("is waited for", async () => {
    const stage = createStage(`if [ -e tried ]; then exit 0; fi; touch tried; ${LOCKED}`);
    try {
      const { folder, environment } = stage;
      const result = await runStep({ script: "ops/ci/deploy.sh", args: ["dev"], folder, environment });
      expect(result).toMatchObject({ code: 0, outputs: { url: "http://x.example" } });
      expect(result.stderr).toContain("Another run holds the stack; trying again");
    } finally {
      stage.remove();
    }
  });

  test("is given up on in the end, and any other failure at once", async () => {
    const locked = createStage(LOCKED);
    const failing = createStage("echo tried >>tries; exit 7");
    try {
      const run = ({ folder, environment }: typeof locked) =>
        runStep({
          script: "ops/ci/deploy.sh",
          args: ["dev"],
          folder,
          environment: { ...environment, LOCK_WAIT_SECONDS: "1" },
        });
      expect(await run(locked)).toMatchObject({ code: 255 });
      expect(await run(failing)).toMatchObject({ code: 7 });
      expect(readFileSync(path.join(failing.folder, "tries"), "utf8")).toBe("tried\n");
    } finally {
      locked.remove();
      failing.remove();
    }
  });
});

describe("ops/ci/select-commit.sh", () => {
  function git(folder: string, ...args: string[]): string {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
    return execFileSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" }).trim();
  }

  test("goes back to a commit of the branch, and to no other", async () => {
    const home = createHome();
    try {
      const repository = path.join(home.folder, "repository");
      mkdirSync(repository);
      git(repository, "init", "--quiet", "--initial-branch", "main");
      const commit = (message: string) => {
        git(repository, "commit", "--quiet", "--allow-empty", "--message", message);
        return git(repository, "rev-parse", "HEAD");
      };
      const old = commit("old");
      const newest = commit("newest");
      git(repository, "checkout", "--quiet", "-b", "other", old);
      const unmerged = commit("unmerged");
      git(repository, "checkout", "--quiet", "main");
      const select = (...args: string[]) =>
        runStep({
          script: "ops/ci/select-commit.sh",
          args,
          folder: home.folder,
          workingDirectory: repository,
          environment: { PATH: process.env["PATH"] },
        });
      expect((await select()).outputs).toEqual({ commit: newest });
      expect((await select("")).outputs).toEqual({ commit: newest });
      const refused = await select(unmerged);
      expect(refused).toMatchObject({ code: 1, outputs: {} });
      expect(refused.stderr).toContain("allowed: a commit of the branch that is checked out");
      expect((await select("main")).stderr).toContain("allowed: a full commit SHA");
      expect((await select(old)).outputs).toEqual({ commit: old });
      expect(git(repository, "rev-parse", "HEAD")).toBe(old);
    } finally {
      home.remove();
    }
  });
});
