/** Answers whether there is a real Kubernetes cluster, and how to reach it. */
import { UserError, messageOf } from "../driver/errors";
import { standIn } from "./addons/charts";
import type { Manifest } from "./addons/manifest";
import { accessOf, inspect } from "./cluster";
import { run } from "./commands";
import { importCommand, importImage } from "./images";
import { type Access, type ClusterNode, listNodes, serverOf } from "./kubectl";
import { type ClusterLayout, createClusterLayout } from "./layout";
import { findProgram } from "./packages";

/** A cluster that runs pods. */
export interface RealCluster {
  /** `local` is the one that `make cluster` starts. */
  readonly origin: "local" | "external";
  readonly kubeconfig: string;
  /** Path of a kubectl. */
  readonly kubectl: string;
  /** URL of the API server. */
  readonly server: string;
  readonly nodes: readonly ClusterNode[];
  /**
   * Gives every node the image of a Docker or OCI archive, as if it had pulled it.
   *
   * @param reference name of the image in a registry, by which pods ask for it; @default the names in the archive
   */
  importImage(archive: string, reference?: string): Promise<void>;
  /**
   * Objects that stand in for those of a chart, by its name: nothing here renders charts or pulls their images.
   *
   * @returns undefined where the cluster has none for that chart
   */
  standIn(chart: string, rendered: readonly Manifest[]): Promise<readonly Manifest[] | undefined>;
}

export type ClusterSearch = { readonly cluster: RealCluster } | { readonly reason: string };

/** Says where to look: `local` (the default), `external` (what KUBECONFIG names) or `none`. */
export const CHOICE_VARIABLE = "AKS_PLATFORM_CLUSTER";

/** @throws UserError for a choice that does not exist. */
export async function findCluster(
  environment: NodeJS.ProcessEnv = process.env,
  layout: ClusterLayout = createClusterLayout(),
): Promise<ClusterSearch> {
  const choice = environment[CHOICE_VARIABLE] ?? "local";
  switch (choice) {
    case "local":
      return findLocal(layout);
    case "external":
      return findExternal(environment, layout);
    case "none":
      return { reason: `${CHOICE_VARIABLE} is none.` };
    default:
      throw new UserError(
        `${CHOICE_VARIABLE}: got "${choice}", allowed: local, external, none.\nFix: set one of them.`,
      );
  }
}

async function findLocal(layout: ClusterLayout): Promise<ClusterSearch> {
  const { state, missing, nodes } = await inspect(layout);
  if (state === "stopped") return { reason: "no cluster runs. Fix: `make cluster` starts one." };
  if (state === "incomplete") {
    const what = missing.length === 0 ? "its nodes are not ready" : `these do not run: ${missing.join(", ")}`;
    return { reason: `the local cluster is incomplete (${what}). Fix: \`make cluster\` starts it anew.` };
  }
  const access = accessOf(layout);
  const server = await serverOf(access);
  return {
    cluster: {
      origin: "local",
      ...access,
      server,
      nodes,
      importImage: async (archive, reference) => importImage(layout, archive, reference),
      standIn: async (chart, rendered) => standIn(layout, chart, rendered),
    },
  };
}

async function findExternal(environment: NodeJS.ProcessEnv, layout: ClusterLayout): Promise<ClusterSearch> {
  const kubeconfig = environment["KUBECONFIG"];
  if (kubeconfig === undefined || kubeconfig === "") {
    return { reason: `${CHOICE_VARIABLE} is external and KUBECONFIG names no file. Fix: set KUBECONFIG.` };
  }
  const kubectl = findProgram("kubectl", environment) ?? layout.program("kubectl");
  const access: Access = { kubeconfig, kubectl };
  try {
    const nodes = await listNodes(access);
    const server = await serverOf(access);
    const loader = await imageLoader(access, nodes, environment);
    const none = () => Promise.resolve(undefined);
    return {
      cluster: { origin: "external", ...access, server, nodes, importImage: loader, standIn: none },
    };
  } catch (error) {
    return { reason: `the cluster of ${kubeconfig} does not answer: ${messageOf(error)}` };
  }
}

/** Nodes of kind and k3d are Docker containers with the nodes' names; their contexts tell them by name. */
async function imageLoader(
  access: Access,
  nodes: readonly ClusterNode[],
  environment: NodeJS.ProcessEnv,
): Promise<RealCluster["importImage"]> {
  const args = ["--kubeconfig", access.kubeconfig, "config", "current-context"];
  const context = (await run(access.kubectl, args)).trim();
  return async (archive, reference) => {
    if (!/^(kind|k3d)-/.test(context)) {
      throw new UserError(
        `the context "${context}" is neither kind's nor k3d's, so that there is no known way to load ${archive} into its nodes.\n` +
          "Fix: push the image to a registry that the cluster can pull from.",
      );
    }
    for (const { name } of nodes) {
      const command = ["exec", "--interactive", name, ...importCommand(reference)];
      await run("docker", command, { environment, inputFile: archive });
    }
  };
}
