#!/usr/bin/env -S node --require @swc-node/register
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { parseCount, parseOptions, runScript, UsageError } from "./arguments";
import { renderComment, type StackPreview } from "./commentBody";
import { upsertComment } from "./pullRequest";

const HELP = `Puts the previews of all stacks into one comment on a pull request, and keeps it up to date.
  ops/ci/comment.ts --pull-request NUMBER --commit SHA --previews FOLDER --stacks dev,prod
FOLDER holds what ops/ci/preview.sh wrote; a stack without a result there is reported as such. Needs
GITHUB_REPOSITORY, GITHUB_TOKEN (with pull-requests: write), and GITHUB_API_URL for another server than github.com.
`;

runScript(HELP, async (args) => {
  const options = parseOptions(args, ["pull-request", "commit", "previews", "stacks"]);
  const previews = options.stacks.split(",").map((stack) => readPreview(options.previews, stack));
  const { url, created } = await upsertComment({
    api: process.env["GITHUB_API_URL"] ?? "https://api.github.com",
    repository: requireSetting("GITHUB_REPOSITORY"),
    token: requireSetting("GITHUB_TOKEN"),
    pullRequest: parseCount("pull-request", options["pull-request"]),
    body: renderComment({ commit: options.commit, previews, runUrl: runUrl() }),
  });
  process.stdout.write(`${created ? "created" : "updated"} ${url}\n`);
});

function requireSetting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new UsageError(`${name}: got nothing, allowed: a value.\nFix: set it in the workflow's step.`);
}

/** A stack's preview, wherever it lies below the folder: each matrix job uploads a folder of its own. */
function readPreview(folder: string, stack: string): StackPreview {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const find = (name: string): string | undefined => {
    const file = files.find((candidate) => path.basename(candidate) === name);
    return file === undefined ? undefined : readFileSync(path.join(folder, file), "utf8");
  };
  const status = find(`${stack}.status`)?.trim();
  const text = find(`${stack}.txt`);
  if (status === undefined || text === undefined) return { stack, succeeded: false, text: undefined };
  return { stack, succeeded: status === "0", text };
}

function runUrl(): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = process.env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}
