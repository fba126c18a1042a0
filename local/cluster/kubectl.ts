import { run } from "./commands";

/** A cluster as its administrator reaches it. */
export interface Access {
  readonly kubeconfig: string;
  /** Path of the kubectl to use. */
  readonly kubectl: string;
}

export interface ClusterNode {
  readonly name: string;
  /** Address inside the cluster's network. */
  readonly address: string;
  readonly isReady: boolean;
  /** The kubelet's version, such as `v1.35.4`. */
  readonly version: string;
}

/** The part of a Node object that is read here. */
interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly nodeInfo: { readonly kubeletVersion: string };
  };
}

/** Runs kubectl and answers with its output. A server that does not answer is an error after some seconds. */
export async function kubectl(access: Access, args: readonly string[], input?: string): Promise<string> {
  const options = ["--kubeconfig", access.kubeconfig, "--request-timeout", "10s"];
  return run(access.kubectl, [...options, ...args], input === undefined ? {} : { input });
}

export async function listNodes(access: Access): Promise<ClusterNode[]> {
  const list = JSON.parse(await kubectl(access, ["get", "nodes", "--output", "json"])) as {
    items: NodeObject[];
  };
  return list.items.map(({ metadata, status }) => ({
    name: metadata.name,
    address: status.addresses?.find(({ type }) => type === "InternalIP")?.address ?? "",
    isReady:
      status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false,
    version: status.nodeInfo.kubeletVersion,
  }));
}

/** Address of the API server that a kubeconfig leads to. */
export async function serverOf(access: Access): Promise<string> {
  return kubectl(access, [
    "config",
    "view",
    "--minify",
    "--output",
    "jsonpath={.clusters[0].cluster.server}",
  ]);
}
