import { existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import type * as Cluster from "../cluster/cluster";
import { createClusterLayout } from "../cluster/layout";
import { findEngine } from "../engine";
import type { Arguments } from "./arguments";
import { cliEnvironment, runCli } from "./cli";
import type * as Clouds from "./clouds";
import type * as DeletePod from "./deletePod";
import { UserError } from "./errors";
import type * as Language from "./language";
import { type Layout, REPOSITORY_ROOT, createLayout, prepareLayout } from "./layout";
import type { Verb } from "./operation";
import { policyPacks, startPolicyPack } from "./policyHost";
import { loadableProgram, preloadPackages } from "./program";
import { createProgress } from "./progress";
import { copySettings, projectName, requireStack } from "./project";
import type * as Sessions from "./session";
import { countTypes, readState, stateTypes } from "./state";
import { type Summary, renderSummary } from "./summary";

/** The emulated clouds take long to load, and most commands do without them. */
const load = createRequire(__filename);

/** Runs a command of the driver; resolves to the exit status. */
export async function runCommand(args: Arguments): Promise<number> {
  const layout = createLayout({
    project: args.project ?? REPOSITORY_ROOT,
    local: args.local ?? path.join(REPOSITORY_ROOT, ".local"),
  });
  switch (args.command) {
    case "setup":
      return setUp(layout);
    case "reset":
      return reset(layout);
    case "url":
      return printUrl(args, layout);
    case "delete-pod":
      return removePod(args, layout);
    case "export":
      return exportState(args, layout);
    case "status":
      return printStatus(args, layout);
    case "up":
    case "preview":
    case "refresh":
    case "destroy":
      return operate(args.command, args, layout);
  }
}

async function setUp(layout: Layout): Promise<number> {
  const command = await engineCommand(layout);
  process.stdout.write(`Node.js     ${process.execPath} (${process.version})\nPulumi CLI  ${command}\n`);
  return 0;
}

async function engineCommand(layout: Layout): Promise<string> {
  const engine = await findEngine({
    root: REPOSITORY_ROOT,
    local: layout.local,
    environment: process.env,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  return engine.command;
}

async function operate(verb: Verb, args: Arguments, layout: Layout): Promise<number> {
  const { stack } = args;
  requireStack(layout, stack);
  const command = await engineCommand(layout);
  prepareLayout(layout, stack);
  const packs = policyPacks(REPOSITORY_ROOT);
  const isJudged = verb === "up" || verb === "preview";
  const search = `${path.dirname(command)}${path.delimiter}${process.env["PATH"] ?? ""}`;
  const hosts = isJudged ? packs.flatMap((pack) => startPolicyPack(layout, pack, search) ?? []) : [];
  const { openClouds } = load("./clouds") as typeof Clouds;
  const { serveProgram } = load("./language") as typeof Language;
  const { runSession } = load("./session") as typeof Sessions;
  // With --json, stdout is for the document alone.
  const progress = createProgress(args.json ? process.stderr : process.stdout);
  const warn = (message: string): void => {
    progress.note(`warning: ${message}`);
  };
  try {
    const summary = await runSession({
      ...{ verb, layout, stack, command, policyPacks: packs, progress },
      environment: Object.assign({}, ...hosts.map(({ environment }) => environment)) as Record<
        string,
        string
      >,
      serveLanguage: (activity) => serveProgram(loadableProgram(layout.project), activity),
      openClouds: () => openClouds({ layout, stack, verb, port: args.port, warn }),
      whileStarting: () => {
        if (isJudged) preloadPackages(layout.project);
      },
    });
    print(args, summary);
    return summary.ok ? 0 : 1;
  } finally {
    for (const errors of hosts.map((host) => host.close())) if (errors !== "") warn(errors);
  }
}

function print(args: Arguments, summary: Summary): void {
  process.stdout.write(args.json ? `${JSON.stringify(summary, null, 2)}\n` : `\n${renderSummary(summary)}\n`);
}

async function printUrl(args: Arguments, layout: Layout): Promise<number> {
  requireStack(layout, args.stack);
  const { runningUrl } = load("./clouds") as typeof Clouds;
  const url = await runningUrl(layout, args.stack);
  if (url === undefined) {
    throw new UserError(
      `the API of stack "${args.stack}" does not run.\nFix: make up STACK=${args.stack} (make status shows what there is).`,
    );
  }
  process.stdout.write(`${url}\n`);
  return 0;
}

async function removePod({ stack }: Arguments, layout: Layout): Promise<number> {
  requireStack(layout, stack);
  const { deletePod } = load("./deletePod") as typeof DeletePod;
  process.stdout.write(`${await deletePod(layout, stack)}\n`);
  return 0;
}

async function printStatus(args: Arguments, layout: Layout): Promise<number> {
  requireStack(layout, args.stack);
  const { runningUrl, cloudObjects } = load("./clouds") as typeof Clouds;
  const state = readState(layout, projectName(layout), args.stack);
  print(args, {
    ...{ command: "status", stack: args.stack, ok: true, interrupted: false, seconds: undefined },
    ...{
      changes: {},
      changed: [],
      policyPacks: [],
      violations: [],
      errors: [],
      warnings: [],
      leftovers: [],
      kept: [],
      heldNames: [],
    },
    resources: stateTypes(state),
    azure: undefined,
    url: await runningUrl(layout, args.stack),
    cloudObjects: countTypes(cloudObjects(layout, args.stack).map(({ cloud }) => cloud)),
  });
  return 0;
}

async function exportState(args: Arguments, layout: Layout): Promise<number> {
  const { stack, file } = args;
  requireStack(layout, stack);
  if (readState(layout, projectName(layout), stack) === undefined) {
    throw new UserError(`the stack "${stack}" has no state yet.\nFix: make up STACK=${stack}.`);
  }
  const command = await engineCommand(layout);
  prepareLayout(layout, stack);
  copySettings(layout, stack);
  const target = file === undefined ? [] : ["--file", path.resolve(file)];
  const result = await runCli({
    command,
    args: ["stack", "export", "--stack", stack, ...target],
    folder: layout.workFolder(stack),
    environment: cliEnvironment(layout, command),
  });
  if (result.code !== 0) throw new UserError(`the state could not be exported: ${result.stderr.trim()}`);
  process.stdout.write(file === undefined ? result.stdout : `${path.resolve(file)}\n`);
  return 0;
}

async function reset(layout: Layout): Promise<number> {
  const { stopNode } = load("./clouds") as typeof Clouds;
  const nodes = path.dirname(layout.nodeFolder("any"));
  const stacks = existsSync(nodes) ? readdirSync(nodes) : [];
  for (const stack of stacks) await stopNode(layout, stack);
  const cluster = createClusterLayout();
  if (existsSync(cluster.folder) && path.dirname(cluster.folder) === layout.local) {
    await (load("../cluster/cluster") as typeof Cluster).bringDown(cluster);
  }
  rmSync(layout.local, { recursive: true, force: true, maxRetries: 3 });
  process.stdout.write(`Removed ${layout.local}; stopped ${stacks.length} node agents.\n`);
  return 0;
}
