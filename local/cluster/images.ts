/** Container images: those of the cluster's own pods are built from scratch around one executable each. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { run } from "./commands";
import type { ClusterLayout } from "./layout";
import { runOn } from "./machines";
import { NODES } from "./topology";

/** Registry name of what is built here: nothing answers to it, so that no node ever asks a registry for it. */
const REGISTRY = "cluster.local";
export const PAUSE_IMAGE = imageOf("pause");
/** Images that every node has from the start. */
export const CLUSTER_IMAGES = ["pause", "coredns", "metrics-server"];
/** Images that nodes get with the first release of a chart that runs them. */
const CHART_IMAGES = ["rollouts-controller", "prometheus"];
/** A user that owns nothing. */
const NOBODY = "65532:65532";

/** Name of the image around one of the cluster's own executables. */
export function imageOf(program: string): string {
  return `${REGISTRY}/${program}:local`;
}

/** Builds the images of the cluster's own pods where they are not there yet. */
export async function buildClusterImages(layout: ClusterLayout): Promise<void> {
  for (const program of [...CLUSTER_IMAGES, ...CHART_IMAGES]) {
    const archive = clusterArchive(layout, program);
    if (!existsSync(archive)) await buildImage(imageOf(program), layout.program(program), archive);
  }
}

export function clusterArchive(layout: ClusterLayout, program: string): string {
  return path.join(layout.tools, "images", `${program}.tar`);
}

/** Builds an image with one static executable, which it runs as a user that owns nothing, into a Docker archive. */
export async function buildImage(name: string, executable: string, archive: string): Promise<void> {
  mkdirSync(path.dirname(archive), { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), "image-"));
  const [context, storage] = [path.join(folder, "context"), path.join(folder, "storage")];
  try {
    mkdirSync(context);
    const program = path.basename(executable);
    copyFileSync(executable, path.join(context, program));
    const steps = [
      "FROM scratch",
      `COPY ${program} /${program}`,
      `USER ${NOBODY}`,
      `ENTRYPOINT ["/${program}"]`,
    ];
    writeFileSync(path.join(context, "Containerfile"), steps.join("\n"));
    const policy = path.join(folder, "policy.json");
    writeFileSync(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
    const store = ["--root", storage, "--runroot", path.join(folder, "run"), "--storage-driver", "vfs"];
    const options = ["--isolation", "chroot", "--signature-policy", policy, "--quiet"];
    await run("buildah", [...store, "build", ...options, "--tag", name, context]);
    const target = path.join(folder, "image.tar");
    await run("buildah", [
      ...store,
      "push",
      "--signature-policy",
      policy,
      "--quiet",
      name,
      `docker-archive:${target}:${name}`,
    ]);
    copyFileSync(target, `${archive}.new`);
    renameSync(`${archive}.new`, archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Command that reads a Docker or OCI archive from its standard input into a node's images, under the names in the
 * archive and under `reference`, which may be the name of an image in a registry.
 */
export function importCommand(reference?: string): string[] {
  const name = reference === undefined ? [] : nameOptions(reference);
  return ["ctr", "--namespace", "k8s.io", "images", "import", ...name, "-"];
}

/** A reference with a digest is looked up by repository and digest: its tag does not count. */
function nameOptions(reference: string): string[] {
  const repository = /^(.+?)(?::[^/:@]+)?@sha256:/.exec(reference)?.[1];
  return repository === undefined ? ["--index-name", reference] : ["--base-name", repository, "--digests"];
}

/** Gives a node the images of an archive. */
export async function importOnNode(
  layout: ClusterLayout,
  node: string,
  archive: string,
  reference?: string,
): Promise<void> {
  const [command = "", ...args] = importCommand(reference);
  await runOn(layout, node, command, args, { inputFile: archive });
}

/** Gives every node the images of an archive. */
export async function importImage(layout: ClusterLayout, archive: string, reference?: string): Promise<void> {
  await Promise.all(NODES.map(async ({ name }) => importOnNode(layout, name, archive, reference)));
}
