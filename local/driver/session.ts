/** One run of `up`, `preview`, `refresh` or `destroy` against a stack's emulated cloud, from lock to summary. */
import { setTimeout as sleep } from "node:timers/promises";

import type { HeldVaultName } from "../azure/softDelete";
import type { ServedProvider } from "../provider/server";
import { criticalPath } from "./criticalPath";
import { messageOf } from "./errors";
import type { CliResult } from "./cli";
import type { LanguageHost } from "./language";
import { type Layout, prepareLayout } from "./layout";
import { type Verb, runOperation } from "./operation";
import { type Locate, settleState } from "./pending";
import { readPolicyAdvice } from "./policyAdvice";
import { type Progress } from "./progress";
import { projectName } from "./project";
import { type Diagnostic, OperationRecord } from "./record";
import { type RunMark, markRun, releaseStaleLocks } from "./recovery";
import type { Activity } from "./stall";
import { type StackState, countTypes, readState, stateTypes, typeOf } from "./state";
import { type Summary, packSummaries } from "./summary";

/** So long may an address take from its object to its answer. */
const PROBE_SECONDS = 20;

/** A stack's emulated clouds. */
export interface Clouds {
  /**
   * Serves them to the engine.
   * @param adopt hand over what exists already instead of refusing to create it, after a run that was cut off
   */
  serve(adopt: boolean): Promise<readonly Pick<ServedProvider, "name" | "port">[]>;
  readonly locate: Locate;
  /** Everything that exists. */
  objects(): readonly { readonly id: string; readonly cloud: string }[];
  /** Lets objects outlive the stack, with all below them; gives the ids of what was there. */
  keep(ids: readonly string[]): string[];
  /** Names that stay taken although what they named is deleted. */
  heldNames(): readonly HeldVaultName[];
  /** Where the API answers on this machine; undefined where nothing runs. */
  url(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface Session {
  readonly verb: Verb;
  readonly layout: Layout;
  readonly stack: string;
  readonly command: string;
  /** Serves the program to the engine, whose doings it is told of. */
  readonly serveLanguage: (activity: Activity) => Promise<LanguageHost>;
  readonly policyPacks: readonly string[];
  readonly progress: Progress;
  readonly openClouds: () => Promise<Clouds>;
  /** Further variables for the engine. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly whileStarting?: () => void;
}

/** Runs the operation; a failure of the engine, a policy or the program is in the summary, not thrown. */
export async function runSession(session: Session): Promise<Summary> {
  const { layout, stack, verb } = session;
  const started = performance.now();
  const project = projectName(layout);
  prepareLayout(layout, stack);
  const clouds = await session.openClouds();
  try {
    await releaseStaleLocks(layout, project, stack);
    const mark = markRun(layout, stack);
    const before = readState(layout, project, stack);
    await repair(session, clouds, before, mark);
    const record = new OperationRecord((step) => {
      session.progress.step(step);
    });
    const providers = await clouds.serve(mark.wasCutOff);
    const outcome = await operate(session, providers, record, mark.wasCutOff);
    if (!outcome.killed) mark.remove();
    const state = readState(layout, project, stack);
    const url = verb === "up" && outcome.code === 0 ? await clouds.url() : undefined;
    const errors = [...failures(outcome, record), ...(await probe(url))];
    const kept = outcome.killed ? [] : clouds.keep(forgottenIds(before, state));
    const leftovers = verb === "destroy" ? clouds.objects().map(({ id }) => id) : [];
    return {
      command: verb,
      stack,
      ok: outcome.code === 0 && errors.length === 0 && leftovers.length === 0,
      interrupted: outcome.interrupted,
      seconds: (performance.now() - started) / 1000,
      changes: record.changes,
      changed: record.changed().map(({ urn, op, diffs }) => ({ urn, operation: op, properties: diffs })),
      resources: verb === "preview" ? plannedTypes(record) : stateTypes(state),
      policyPacks: packSummaries(record),
      violations: await advise(session, record),
      azure: azureTime(session, state, record, clouds),
      url,
      cloudObjects: countTypes(clouds.objects().map(({ cloud }) => cloud)),
      errors,
      warnings: record.warnings,
      leftovers,
      kept,
      heldNames: verb === "destroy" ? clouds.heldNames() : [],
    };
  } finally {
    await clouds.close();
  }
}

/** What the program wants to outlive the stack, once the stack has let go of it. */
function forgottenIds(before: StackState | undefined, after: StackState | undefined): string[] {
  const present = new Set((after?.resources ?? []).map(({ id }) => id));
  return (before?.resources ?? []).flatMap(({ id, retainOnDelete }) =>
    id !== undefined && retainOnDelete === true && !present.has(id) ? [id] : [],
  );
}

async function repair(session: Session, clouds: Clouds, state: StackState | undefined, mark: RunMark) {
  if (!mark.wasCutOff) return;
  const count = state?.pending.length ?? 0;
  session.progress.note(`The last run was cut off; operations that it had begun: ${count}`);
  if (count > 0) await settleState(session.layout, session.stack, session.command, clouds.locate);
}

async function operate(
  session: Session,
  providers: Awaited<ReturnType<Clouds["serve"]>>,
  record: OperationRecord,
  refresh: boolean,
) {
  const { verb, layout, stack, command, serveLanguage, policyPacks, progress } = session;
  return runOperation({
    ...{ verb, layout, stack, command, policyPacks },
    serveLanguage: () => serveLanguage(record),
    providers,
    options: refresh && verb !== "refresh" ? ["--refresh"] : [],
    onEvent: (event) => {
      record.add(event);
    },
    onInterrupt: (count) => {
      progress.note(
        count === 1
          ? "Stopping: operations under way are finished first (Ctrl-C again ends them at once)"
          : "Ending at once; the next run repairs the state",
      );
    },
    ...(session.environment ? { environment: session.environment } : {}),
    ...(session.whileStarting ? { whileStarting: session.whileStarting } : {}),
  });
}

/** What went wrong; the CLI's own message where the engine did not come to say it. */
function failures(outcome: CliResult, record: OperationRecord): Diagnostic[] {
  const known = record.errors.length > 0 || record.violations.some(({ level }) => level === "mandatory");
  if (outcome.code === 0 || outcome.interrupted || known) return record.errors;
  const message =
    outcome.stderr.trim() || outcome.stdout.trim() || `the Pulumi CLI ended with ${outcome.code}`;
  return [{ resource: undefined, message: message.replace(/^error: /, "") }];
}

/** Asks the API until it answers, because a URL that does not is no result; nodes need a moment to learn of a Service. */
async function probe(url: string | undefined): Promise<Diagnostic[]> {
  if (url === undefined) return [];
  const end = Date.now() + PROBE_SECONDS * 1000;
  for (;;) {
    const problem = await problemOf(url);
    if (problem === undefined) return [];
    if (Date.now() > end) return [{ resource: undefined, message: `the API at ${url} ${problem}` }];
    await sleep(200);
  }
}

async function problemOf(url: string): Promise<string | undefined> {
  try {
    // Readiness is for everyone to ask; the rest of an API behind Front Door is for Front Door alone.
    const response = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(5000) });
    return response.ok ? undefined : `answers ${response.status}`;
  } catch (error) {
    return `does not answer: ${messageOf(error)}`;
  }
}

function plannedTypes(record: OperationRecord): Record<string, number> {
  const planned = [...record.steps.values()].filter(({ op, custom }) => custom && !op.startsWith("delete"));
  const types = planned.map(({ urn }) => typeOf(urn));
  return countTypes(types.filter((type) => !type.startsWith("pulumi:")));
}

async function advise(
  { policyPacks, layout }: Session,
  record: OperationRecord,
): Promise<Summary["violations"]> {
  const isDecided = record.violations.some(({ level }) => level !== "undecided");
  const asked = isDecided ? policyPacks : [];
  const packs = await Promise.all(asked.map((pack) => readPolicyAdvice(pack, layout.temporary)));
  const advice = new Map(packs.flatMap((pack) => [...pack]));
  return record.violations.map((violation) => ({
    ...violation,
    ...(advice.get(violation.policy) ?? { remediation: undefined, url: undefined }),
  }));
}

function azureTime(
  { verb }: Session,
  state: StackState | undefined,
  record: OperationRecord,
  clouds: Clouds,
) {
  if (verb !== "up" || state === undefined) return undefined;
  const created = record.changed().filter(({ op }) => op === "create" || op === "create-replacement");
  const urns = new Set(created.map(({ urn }) => urn));
  if (urns.size === 0) return undefined;
  return criticalPath(state.resources, (resource) =>
    urns.has(resource.urn) ? (clouds.locate(resource, state.resources)?.seconds ?? 0) : 0,
  );
}
