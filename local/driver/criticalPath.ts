import type { StateResource } from "./state";

export interface CriticalPath {
  readonly seconds: number;
  /** URNs of the longest chain that take time, first to last. */
  readonly chain: readonly string[];
}

/**
 * How long a run takes where every operation waits only for what it depends on: the longest chain through the
 * state's dependencies, weighted with each resource's own duration. It is a lower bound of the real time: the
 * engine's limit of parallel operations and Azure's throttling come on top.
 *
 * @param secondsOf the duration of one resource's operation, 0 where this run did not touch it
 */
export function criticalPath(
  resources: readonly StateResource[],
  secondsOf: (resource: StateResource) => number,
): CriticalPath {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const finished = new Map<string, { seconds: number; previous: string | undefined }>();
  // The state lists a resource after everything that it depends on, so one pass in that order is enough.
  for (const resource of resources) {
    const earlier = predecessors(resource).filter((urn) => byUrn.has(urn));
    const last = earlier.reduce<string | undefined>(
      (latest, urn) => (secondsUntil(finished, urn) > secondsUntil(finished, latest) ? urn : latest),
      undefined,
    );
    const seconds = secondsUntil(finished, last) + secondsOf(resource);
    finished.set(resource.urn, { seconds, previous: last });
  }
  const end = [...finished.keys()].reduce<string | undefined>(
    (latest, urn) => (secondsUntil(finished, urn) > secondsUntil(finished, latest) ? urn : latest),
    undefined,
  );
  const chain: string[] = [];
  for (let urn = end; urn !== undefined; urn = finished.get(urn)?.previous) {
    const resource = byUrn.get(urn);
    if (resource !== undefined && secondsOf(resource) > 0) chain.unshift(urn);
  }
  return { seconds: secondsUntil(finished, end), chain };
}

function secondsUntil(finished: ReadonlyMap<string, { seconds: number }>, urn: string | undefined): number {
  return urn === undefined ? 0 : (finished.get(urn)?.seconds ?? 0);
}

function predecessors(resource: StateResource): string[] {
  const ofProperties = Object.values(resource.propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  const provider = resource.provider?.slice(0, resource.provider.lastIndexOf("::"));
  const single = [resource.parent, provider].filter((urn) => urn !== undefined);
  return [...new Set([...(resource.dependencies ?? []), ...ofProperties, ...single])];
}
