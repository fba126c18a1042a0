/** A commit's folder as a container image, for nodes that run containers. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type BaseImage, standIn } from "./baseImages";
import { Buildah } from "./buildah";
import { BuildFailure, exportSource, type Source } from "./checkout";
import { must } from "./run";
import type { ImageSigner } from "./signature";

/** Where images are, and who signs them. */
export interface ImageStore {
  readonly folder: string;
  readonly signer: ImageSigner;
}

export interface ContainerBuild {
  /** Git repository of the source. */
  readonly repositoryRoot: string;
  readonly images: ImageStore;
  readonly source: Source;
  /** Path in the source's folder. */
  readonly dockerfile: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Image references of the Dockerfile's FROM lines. */
  readonly baseImages: readonly string[];
}

export interface ContainerImage {
  readonly digest: string;
  readonly archive: string;
}

/**
 * Builds and signs an image once; the same source with the same arguments is not built again.
 *
 * @throws BuildFailure with the end of the build's log, or where a base image has no stand-in
 */
export async function buildContainerImage(build: ContainerBuild): Promise<ContainerImage> {
  const { repositoryRoot, images, source } = build;
  const bases = new Map(build.baseImages.map((reference) => [reference, baseOf(reference)]));
  const buildah = new Buildah(images.folder);
  const key = keyOf(build, bases);
  const archive = join(images.folder, `${key}.tar`);
  const digestFile = `${archive}.digest`;
  const isMade = existsSync(digestFile) && images.signer.isSigned(archive);
  if (isMade) return { digest: readFileSync(digestFile, "utf8"), archive };
  const context = mkdtempSync(join(images.folder, "source-"));
  try {
    await exportSource(repositoryRoot, source, context);
    const committed = await must("git", ["show", "--no-patch", "--format=%ct", source.commit], {
      cwd: repositoryRoot,
    });
    const cache = (await must("npm", ["config", "get", "cache"], { cwd: "/" })).trim();
    const digest = await buildah.build(
      {
        ...{ context, bases },
        dockerfile: join(context, build.dockerfile),
        buildArguments: build.buildArguments,
        timestamp: Number(committed),
        caches: { "/root/.npm": cache },
      },
      `localhost/build:${key}`,
      archive,
    );
    await images.signer.sign(archive);
    writeFileSync(digestFile, digest);
    return { digest, archive };
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function keyOf(
  { source, dockerfile, buildArguments }: ContainerBuild,
  bases: ReadonlyMap<string, BaseImage>,
) {
  const parts = [source.tree, dockerfile, buildArguments, [...bases].map(([from, { name }]) => [from, name])];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

function baseOf(reference: string): BaseImage {
  const base = standIn(reference);
  if (base !== undefined) return base;
  throw new BuildFailure(
    `the base image '${reference}' cannot be pulled here, and nothing stands for it: add it to ` +
      "local/azure/build/baseImages.ts",
  );
}
