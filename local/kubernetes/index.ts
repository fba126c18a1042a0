/** The emulated Kubernetes: the provider for the engine, and the node that runs its pods. */
import type { CloudStore } from "../cloud/store";
import { clusterOf, nodeKey } from "./context";
import type { NodeAgent } from "./node/client";

export { createKubernetesBackend, type KubernetesOptions } from "./backend";
export {
  checkPort,
  connectNodeAgent,
  DEFAULT_FRONT_PORT,
  NodeAgent,
  type NodeAgentOptions,
} from "./node/client";

/**
 * Sets the cloud and the node right after a cluster was deleted: its objects go with it, without a delete for
 * each, and so does what runs for them.
 */
export async function pruneNode(store: CloudStore, node: NodeAgent): Promise<void> {
  for (const { id } of store.list({ cloud: "kubernetes" })) {
    if (store.get(clusterOf(id)) === undefined) store.remove(id);
  }
  const served = [
    "apps/v1/Deployment",
    "argoproj.io/v1alpha1/Rollout",
    "v1/Service",
    "gateway.networking.k8s.io/v1/HTTPRoute",
  ];
  const records = served.flatMap((type) => store.list({ cloud: "kubernetes", type }));
  await node.retain(records.map(({ id }) => nodeKey(id)));
}
