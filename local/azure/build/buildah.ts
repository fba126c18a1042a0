/** Container images by buildah, which needs no daemon: https://github.com/containers/buildah */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import type { BaseImage } from "./baseImages";
import { RootFolder } from "./rootFolder";
import { must, run } from "./run";

/** Without a container runtime's privileges: RUN works in a changed root, and layers are plain folders. */
const ENVIRONMENT = { BUILDAH_ISOLATION: "chroot", STORAGE_DRIVER: "vfs" };

export interface ImageBuild {
  readonly context: string;
  readonly dockerfile: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Images to take in place of the references that FROM names. */
  readonly bases: ReadonlyMap<string, BaseImage>;
  /** Seconds since 1970 that every file and the image itself are dated: the same source gives the same digest. */
  readonly timestamp: number;
  /** Folders of this machine that RUN may use, by their place in the build. */
  readonly caches: Readonly<Record<string, string>>;
}

/** One store of images, in a folder of its own. */
export class Buildah {
  public constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Builds a Dockerfile and writes the image as an OCI archive. @returns its digest, `sha256:<64 hex digits>` */
  public async build(build: ImageBuild, name: string, archive: string): Promise<string> {
    for (const base of new Set(build.bases.values())) await this.provide(base);
    const contexts = [...build.bases].map(([from, base]) => `${from}=container-image://${base.name}`);
    const pairs = Object.entries(build.buildArguments).map(([key, value]) => `${key}=${value}`);
    const volumes = Object.entries(build.caches).map(([inside, outside]) => `${outside}:${inside}:rw`);
    await this.call([
      ...["build", "--quiet", "--format", "oci", "--timestamp", String(build.timestamp)],
      ...contexts.flatMap((context) => ["--build-context", context]),
      ...pairs.flatMap((pair) => ["--build-arg", pair]),
      ...volumes.flatMap((volume) => ["--volume", volume]),
      ...["--file", build.dockerfile, "--tag", name, build.context],
    ]);
    return this.push(name, archive);
  }

  private async push(name: string, archive: string): Promise<string> {
    mkdirSync(dirname(archive), { recursive: true });
    rmSync(archive, { force: true });
    const digestFile = `${archive}.pushed`;
    await this.call(["push", "--quiet", "--digestfile", digestFile, name, `oci-archive:${archive}:${name}`]);
    const digest = readFileSync(digestFile, "utf8").trim();
    rmSync(digestFile);
    return digest;
  }

  private async provide(base: BaseImage): Promise<void> {
    const known = await run("buildah", this.global(["inspect", "--type", "image", base.name]), this.options);
    if (known.code === 0) return;
    const root = mkdtempSync(join(this.folder, "root-"));
    const container = (await this.call(["from", "scratch"])).trim();
    try {
      const configuration = await base.fill(new RootFolder(root));
      await this.call(["copy", "--quiet", container, root, "/"]);
      await this.call(["config", ...configuration, container]);
      await this.call(["commit", "--quiet", "--timestamp", "0", container, base.name]);
    } finally {
      rmSync(root, { recursive: true, force: true });
      await run("buildah", this.global(["rm", container]), this.options);
    }
  }

  private get options() {
    return { cwd: this.folder, env: { ...process.env, ...ENVIRONMENT } };
  }

  private call(args: readonly string[]): Promise<string> {
    return must("buildah", this.global(args), this.options);
  }

  private global(args: readonly string[]): string[] {
    return ["--root", join(this.folder, "store"), "--runroot", join(this.folder, "run"), ...args];
  }
}
