/** What the cluster runs in place of the charts that it can build: their objects, with images of its own. */
import { clusterArchive, imageOf, importImage } from "../images";
import type { ClusterLayout } from "../layout";
import type { Manifest } from "./manifest";
import { prometheus } from "./prometheus";
import { rollouts } from "./rollouts";

export interface StandIn {
  /** The executable that the cluster builds. */
  readonly program: string;
  /** The chart's objects as the cluster has them. */
  readonly objects: (layout: ClusterLayout, rendered: readonly Manifest[]) => readonly Manifest[];
  /** What the chart's container needs beside its image, over what it says. */
  readonly container: Readonly<Record<string, unknown>>;
}

const STAND_INS: Readonly<Record<string, StandIn>> = { "argo-rollouts": rollouts, prometheus };

/** Gives the nodes the image, too. @returns undefined for a chart that the cluster does not build */
export async function standIn(
  layout: ClusterLayout,
  chart: string,
  rendered: readonly Manifest[],
): Promise<readonly Manifest[] | undefined> {
  const found = STAND_INS[chart];
  if (found === undefined) return undefined;
  await importImage(layout, clusterArchive(layout, found.program));
  return found.objects(layout, rendered).map((object) => withOwnImage(object, found));
}

interface Workload extends Manifest {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly Record<string, unknown>[] } };
  };
}

function withOwnImage(object: Manifest, { program, container }: StandIn): Manifest {
  if (object.kind !== "Deployment") return object;
  const { spec } = object as Workload;
  const { template } = spec;
  const containers = template.spec.containers.map((one) => ({
    ...one,
    ...container,
    image: imageOf(program),
    imagePullPolicy: "Never",
  }));
  return {
    ...object,
    spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}
