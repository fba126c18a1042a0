/** The emulated Kubernetes: the provider for the engine, and the node that runs its pods. */
import type { CloudStore } from "../cloud/store";
import { nodeKey } from "./context";
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
 * Takes away what the node runs for objects that are gone from the cloud: a cluster that was deleted takes its
 * objects along without a delete for each.
 */
export async function pruneNode(store: CloudStore, node: NodeAgent): Promise<void> {
  const served = ["apps/v1/Deployment", "v1/Service"];
  const records = served.flatMap((type) => store.list({ cloud: "kubernetes", type }));
  await node.retain(records.map(({ id }) => nodeKey(id)));
}
