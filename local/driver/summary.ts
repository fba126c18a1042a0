import type { HeldVaultName } from "../azure/softDelete";
import type { CriticalPath } from "./criticalPath";
import type { Diagnostic, OperationRecord, PolicyViolation } from "./record";
import { countTypes, nameOf, typeOf } from "./state";

/** A resource that the run changed, or would change. */
export interface ChangedResource {
  readonly urn: string;
  /** `create`, `update`, `delete`, ... */
  readonly operation: string;
  /** Paths of the properties that differ, where the engine names them. */
  readonly properties: readonly string[];
}

export interface PackSummary {
  readonly name: string;
  /** How many of its policies were run on at least one resource. */
  readonly policies: number;
}

/** A policy's own words about how to comply. */
export interface PolicyAdvice {
  readonly remediation: string | undefined;
  readonly url: string | undefined;
}

/** What one run of the driver did; `--json` prints it as it is. */
export interface Summary {
  readonly command: string;
  readonly stack: string;
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** Wall-clock time of the run on this machine; undefined where nothing was run. */
  readonly seconds: number | undefined;
  /** Engine operations by kind: `create`, `update`, `same`, ... */
  readonly changes: Readonly<Record<string, number>>;
  readonly changed: readonly ChangedResource[];
  /** Managed resources by type, after the run (`preview`: as they would be). */
  readonly resources: Readonly<Record<string, number>>;
  readonly policyPacks: readonly PackSummary[];
  readonly violations: readonly (PolicyViolation & PolicyAdvice)[];
  /** What the changes of this run would take on Azure; undefined where nothing was created or updated. */
  readonly azure: CriticalPath | undefined;
  /** Where the API answers; undefined where it does not run. */
  readonly url: string | undefined;
  /** Objects in the emulated cloud, by cloud. */
  readonly cloudObjects: Readonly<Record<string, number>>;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** Ids that the emulated cloud still holds after `destroy`. */
  readonly leftovers: readonly string[];
  /** Ids that outlive the stack by the program's own will, such as backups. */
  readonly kept: readonly string[];
  /** Names of deleted vaults that stay taken after `destroy`. */
  readonly heldNames: readonly HeldVaultName[];
}

export function packSummaries(record: OperationRecord): PackSummary[] {
  return [...record.policies].map(([name, policies]) => ({ name, policies: policies.size }));
}

/** The text for people: what failed in full, then a short table. */
export function renderSummary(summary: Summary): string {
  const sections = [
    renderProblems(summary),
    renderChanged(summary),
    renderResources(summary),
    renderFacts(summary),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

/** A long list says less than the counts by type that follow. */
const LISTED_CHANGES = 25;

function renderChanged({ changed, command }: Summary): string {
  // The stack itself is in the state as soon as the program starts, whatever comes of it.
  const resources = changed.filter(({ urn }) => typeOf(urn) !== "pulumi:pulumi:Stack");
  if (resources.length === 0 || resources.length > LISTED_CHANGES) return "";
  const lines = resources.map(({ urn, operation, properties }) => {
    const paths = properties.length === 0 ? "" : ` [${properties.join(", ")}]`;
    return `  ${operation} ${nameOf(urn)} (${typeOf(urn)})${paths}`;
  });
  return [command === "preview" ? "Would change" : "Changed", ...lines].join("\n");
}

function renderProblems({ violations, errors, warnings }: Summary): string {
  const lines = [
    ...violations.filter(({ level }) => level !== "undecided").map(renderViolation),
    ...warnings.map((warning) => `warning${renderSubject(warning.resource)}: ${indent(warning.message)}`),
    ...errors.map((error) => `error${renderSubject(error.resource)}: ${indent(error.message)}`),
  ];
  return lines.join("\n\n");
}

function renderViolation({
  policy,
  pack,
  level,
  resource,
  message,
  remediation,
  url,
}: Summary["violations"][number]) {
  const lines = [`policy ${policy} (${pack}, ${level})${renderSubject(resource)}`, indent(message)];
  if (remediation !== undefined) lines.push(`fix: ${indent(remediation)}`);
  if (url !== undefined) lines.push(`see: ${url}`);
  return lines.join("\n  ");
}

function renderSubject(urn: string | undefined): string {
  return urn === undefined ? "" : ` on ${nameOf(urn)} (${typeOf(urn)})`;
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

function renderResources({ resources, command }: Summary): string {
  const types = Object.entries(resources);
  if (types.length === 0) return "";
  const width = Math.max(...types.map(([type]) => type.length));
  const total = types.reduce((sum, [, count]) => sum + count, 0);
  const title = command === "preview" ? "Resources (planned)" : "Resources";
  return [
    title.padEnd(width + 2) + "count".padStart(6),
    ...types.map(([type, count]) => type.padEnd(width + 2) + String(count).padStart(6)),
    "total".padEnd(width + 2) + String(total).padStart(6),
  ].join("\n");
}

function renderFacts(summary: Summary): string {
  const facts: [string, string][] = [
    ["Result", renderResult(summary)],
    ["Changes", renderChanges(summary.changes)],
    ["Policies", renderPolicies(summary)],
    ["Cloud", renderClouds(summary.cloudObjects)],
    ["Time", renderTime(summary)],
    ["Left over", renderLeftovers(summary)],
    ["Held", renderHeldNames(summary.heldNames)],
    ["API", summary.url ?? ""],
  ];
  return facts
    .filter(([, text]) => text !== "")
    .map(([label, text]) => `${label.padEnd(10)}${text}`)
    .join("\n");
}

function renderResult({ ok, interrupted, command }: Summary): string {
  if (command === "status") return "";
  if (interrupted) return `${command} was interrupted; run it again to finish`;
  return ok ? `${command} succeeded` : `${command} FAILED`;
}

function renderChanges(changes: Summary["changes"]): string {
  const counts = Object.entries(changes).filter(([, count]) => count > 0);
  return counts.map(([operation, count]) => `${count} ${operation}`).join(", ");
}

function renderPolicies({ policyPacks, violations }: Summary): string {
  if (policyPacks.length === 0) return "";
  const packs = policyPacks.map(({ name, policies }) => `${policies} of ${name} ran`).join(", ");
  const levels = Object.entries(countTypes(violations.map(({ level }) => level)));
  const found = levels.map(([level, count]) => `${count} ${level}`).join(", ");
  return `${packs}; violations: ${found === "" ? "none" : found}`;
}

function renderTime({ seconds, azure }: Summary): string {
  return seconds === undefined ? "" : `${seconds.toFixed(1)} s here${renderAzure(azure)}`;
}

function renderAzure(azure: CriticalPath | undefined): string {
  if (azure === undefined || azure.seconds === 0) return "";
  const minutes = Math.floor(azure.seconds / 60);
  const seconds = Math.round(azure.seconds % 60);
  const steps = azure.chain.map(nameOf);
  const route = steps.length > 4 ? [...steps.slice(0, 2), "...", ...steps.slice(-1)] : steps;
  return `; on Azure at least ${minutes} min ${seconds} s (${route.join(" > ")})`;
}

function renderClouds(objects: Summary["cloudObjects"]): string {
  const clouds = Object.entries(objects);
  const total = clouds.reduce((sum, [, count]) => sum + count, 0);
  const parts = clouds.map(([cloud, count]) => `${cloud} ${count}`).join(", ");
  return `${total} objects${parts === "" ? "" : ` (${parts})`}`;
}

function renderLeftovers({ command, ok, leftovers, kept }: Summary): string {
  if (command !== "destroy") return "";
  if (leftovers.length === 0) {
    const outlive =
      kept.length > 0 ? [`; ${kept.length} outlive the stack, as the program says:`, ...kept] : [];
    return ok ? `nothing: the emulated cloud holds 0 objects${outlive.join("\n  ")}` : "";
  }
  return [`${leftovers.length} objects in the emulated cloud:`, ...leftovers].join("\n  ");
}

function renderHeldNames(held: Summary["heldNames"]): string {
  if (held.length === 0) return "";
  const lines = held.map(({ name, scheduledPurgeDate, purgeProtected }) => {
    const day = scheduledPurgeDate.slice(0, "2026-01-31".length);
    return `${name} until ${day}${purgeProtected ? ", which nobody can purge before" : ""}`;
  });
  const names = held.length === 1 ? "name of a deleted vault stays" : "names of deleted vaults stay";
  return [`${held.length} ${names} taken:`, ...lines].join("\n  ");
}
