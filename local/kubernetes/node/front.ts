/** A Service's open ports. */
import { selectsLabels } from "../validation/selectors";
import type { ServiceSpec, WorkloadSpec } from "./protocol";
import type { FrontPort } from "./proxy";

export interface Front {
  readonly spec: ServiceSpec;
  readonly ports: readonly FrontPort[];
}

export async function closeAll(ports: readonly FrontPort[]): Promise<void> {
  await Promise.all(ports.map((port) => port.close()));
}

export function firstPort({ ports }: Front): number {
  return ports[0]?.port ?? Number.MAX_SAFE_INTEGER;
}

export function isBehind(service: ServiceSpec, workload: WorkloadSpec): boolean {
  return (
    service.cluster === workload.cluster &&
    service.namespace === workload.namespace &&
    selectsLabels(service.selector, workload.labels)
  );
}
