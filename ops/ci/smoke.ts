#!/usr/bin/env -S node --require @swc-node/register
import { appendFileSync } from "node:fs";

import { parseCount, parseOptions, runScript, UsageError } from "./arguments";
import { type CheckResult, runChecks, type Target } from "./smokeChecks";

const HELP = `Checks a deployed API over HTTP: what it answers, and that it runs the given commit.
  ops/ci/smoke.ts --url URL --commit SHA --wait SECONDS
All checks must pass in one round; rounds are repeated for up to SECONDS, since a new load balancer takes a
while to answer and a rollout to finish. Ends with status 1 and the failures of the last round otherwise.
`;

const PAUSE_MS = 2_000;

runScript(HELP, async (args) => {
  const options = parseOptions(args, ["url", "commit", "wait"]);
  const target: Target = { url: parseUrl(options.url), commit: parseCommit(options.commit) };
  const deadline = Date.now() + parseCount("wait", options.wait) * 1000;
  let results = await runChecks(target);
  while (results.some(hasFailed) && Date.now() + PAUSE_MS < deadline) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    results = await runChecks(target);
  }
  const report = results.map(({ name, failure }) =>
    failure === undefined ? `passed: ${name}` : `FAILED: ${name}: ${failure}`,
  );
  process.stdout.write(`${report.join("\n")}\n`);
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary)
    appendFileSync(
      summary,
      [`Smoke tests of <${target.url}>:`, "", ...report.map((line) => `- ${line}`), ""].join("\n"),
    );
  const failed = results.filter(hasFailed).length;
  if (failed === 0) return;
  throw new Error(
    `${failed} of ${results.length} checks of ${target.url} failed for ${options.wait} s.\n` +
      "Fix: look at the API's pods and logs; to go back, deploy the commit before (docs/runbooks/ci.md).",
  );
});

function hasFailed({ failure }: CheckResult): boolean {
  return failure !== undefined;
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/+$/, "");
  throw new UsageError(
    `--url: got "${text}", allowed: an http or https address.\nFix: pass the stack's output apiUrl.`,
  );
}

function parseCommit(text: string): string {
  if (/^[0-9a-f]{40}$/.test(text)) return text;
  throw new UsageError(
    `--commit: got "${text}", allowed: a full commit SHA.\nFix: pass the deployed commit.`,
  );
}
