import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

import type { Layout } from "./layout";

/** A resource as Pulumi's state keeps it; secrets are encrypted there. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Pulumi forgets it at a destroy, and the cloud keeps it. */
  readonly retainOnDelete?: boolean;
}

/** An operation that had begun when the engine was killed. */
export interface PendingOperation {
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
  readonly resource: StateResource;
}

export interface StackState {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
}

interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly StateResource[];
      readonly pending_operations?: readonly PendingOperation[];
    } | null;
  };
}

const ROOT_STACK_TYPE = "pulumi:pulumi:Stack";

/** Where Pulumi's file backend keeps a stack. */
export function stateFile(layout: Layout, project: string, stack: string): string {
  return path.join(layout.state, ".pulumi", "stacks", project, `${stack}.json`);
}

/**
 * Reads a stack's state from the file backend, without starting the CLI; undefined where the stack has never
 * been created.
 */
export function readState(layout: Layout, project: string, stack: string): StackState | undefined {
  const file = stateFile(layout, project, stack);
  if (!existsSync(file)) return undefined;
  const latest = (JSON.parse(readFileSync(file, "utf8")) as Checkpoint).checkpoint?.latest;
  return { resources: latest?.resources ?? [], pending: latest?.pending_operations ?? [] };
}

/** The stack's outputs; secret ones are objects that hold a ciphertext. */
export function stackOutputs(state: StackState | undefined): Readonly<Record<string, unknown>> {
  return state?.resources.find((resource) => resource.type === ROOT_STACK_TYPE)?.outputs ?? {};
}

/** Resources that a provider manages, without the providers themselves. */
export function managedResources(state: StackState | undefined): StateResource[] {
  const resources = state?.resources ?? [];
  return resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
}

/** Counts type tokens, most frequent first. */
export function countTypes(types: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)));
}

/** Managed resources by type. */
export function stateTypes(state: StackState | undefined): Record<string, number> {
  return countTypes(managedResources(state).map(({ type }) => type));
}

/** Last part of a URN: the resource's logical name. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Type token of a URN, without those of its parents. */
export function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}
