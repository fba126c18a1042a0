/** The real Kubernetes, where one runs: it stands for the cluster of the stack's first region. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import type { ImageStore } from "../azure/build/containerImage";
import { ImageSigner } from "../azure/build/signature";
import type { CloudStore } from "../cloud/store";
import type { Manifest } from "../cluster/addons/manifest";
import { SIGNING, buildBinaries } from "../cluster/binaries";
import { type RealCluster as FoundCluster, findCluster } from "../cluster/find";
import { createClusterLayout } from "../cluster/layout";
import type { RealCluster } from "../kubernetes/connections";
import { kindNamed } from "../kubernetes/kinds";
import { ApiClient } from "../kubernetes/real/client";
import type { Service } from "../kubernetes/types";
import type { JsonObject } from "../provider/backend";
import { UserError } from "./errors";
import type { Layout } from "./layout";
import type { Verb } from "./operation";
import { stackConfig } from "./project";

/** Kubernetes' own identity of a cluster: the uid of this namespace, which lives as long as the cluster. */
const IDENTITY_PATH = "/api/v1/namespaces/kube-system";

export interface BoundCluster extends RealCluster {
  /** Images are built and signed for its nodes, which take no others. */
  readonly images: ImageStore;
  /** Where the stack's API answers on this machine; undefined where there is none. */
  url(): string | undefined;
  /** Ends the connections, and forgets that the stack is on this cluster once nothing of it is. */
  close(): void;
}

/**
 * Binds a stack to the cluster that runs, if one does. A stack stays where it was brought up: on the emulated
 * Kubernetes or on that one cluster.
 *
 * @throws UserError where the cluster that the stack is on is gone, or another one runs
 */
export async function bindRealCluster(
  layout: Layout,
  stack: string,
  verb: Verb,
  store: CloudStore,
): Promise<BoundCluster | undefined> {
  const file = layout.clusterFile(stack);
  const bound = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const isEmulated = bound === undefined && store.list({ cloud: "kubernetes" }).length > 0;
  if (isEmulated) return undefined;
  const search = await findCluster();
  if ("reason" in search) {
    if (bound === undefined) return undefined;
    throw new UserError(
      `the stack "${stack}" is on a real cluster, and ${search.reason}\n` +
        "Or: make reset forgets all stacks, with what they have in the cloud.",
    );
  }
  const client = new ApiClient(search.cluster.kubeconfig);
  const identity = await identityOf(client);
  // A cluster that was started anew has none of the stack's objects: reading and deleting find out, changes do not.
  if (bound !== undefined && bound !== identity && verb !== "refresh" && verb !== "destroy") {
    throw new UserError(
      `the stack "${stack}" was brought up on another cluster than the one at ${search.cluster.server}.\n` +
        `Fix: make refresh STACK=${stack}, then this again.`,
    );
  }
  writeFileSync(file, identity);
  const cluster = createClusterLayout();
  await buildBinaries(cluster, () => undefined, [SIGNING]);
  const signer = new ImageSigner(cluster.program("notation"), layout.signing);
  const location = stackConfig(layout, stack)["azure-native:location"];
  return {
    client,
    images: { folder: layout.images, signer },
    importImage: async (archive, reference) => {
      await signer.verify(archive);
      await search.cluster.importImage(archive, reference);
    },
    standIn: async (chart, rendered) =>
      (await search.cluster.standIn(chart, rendered as unknown as readonly Manifest[])) as
        readonly JsonObject[] | undefined,
    standsFor: (cluster) => cluster.location === location,
    url: () => serviceUrl(search.cluster, store),
    close: () => {
      client.close();
      if (store.list({ cloud: "kubernetes" }).length === 0) rmSync(file, { force: true });
    },
  };
}

/** Whether a stack was brought up on a real cluster. */
export function isOnRealCluster(layout: Layout, stack: string): boolean {
  return existsSync(layout.clusterFile(stack));
}

/** Where the API of a stack on a real cluster answers; undefined where the stack is on emulated ones. */
export async function realUrl(layout: Layout, stack: string, store: CloudStore): Promise<string | undefined> {
  if (!isOnRealCluster(layout, stack)) return undefined;
  return serviceUrl(await clusterOf(stack), store);
}

/** The cluster that a stack is on. @throws UserError where it does not run */
export async function clusterOf(stack: string): Promise<FoundCluster> {
  const search = await findCluster();
  if ("cluster" in search) return search.cluster;
  throw new UserError(`the stack "${stack}" is on a real cluster, and ${search.reason}`);
}

async function identityOf(client: ApiClient): Promise<string> {
  const { metadata } = await client.call({ method: "GET", path: IDENTITY_PATH });
  return String((metadata as { uid?: string } | undefined)?.uid);
}

/** The node port of the load balancer that Azure would have in front of the nodes. */
function serviceUrl({ origin, nodes }: FoundCluster, store: CloudStore): string | undefined {
  const { apiVersion, kind } = kindNamed("v1", "Service");
  const services = store.list({ cloud: "kubernetes", type: `${apiVersion}/${kind}` });
  const ports = services.flatMap(({ properties }) => (properties as unknown as Service).spec?.ports ?? []);
  const port = ports.find(({ nodePort }) => nodePort !== undefined)?.nodePort;
  if (port === undefined) return undefined;
  const host = origin === "local" ? "127.0.0.1" : (nodes[0]?.address ?? "127.0.0.1");
  return `http://${host}:${port}`;
}
