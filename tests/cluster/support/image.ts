/** The image that a pod runs, as the registry's build made it. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";

import { REPOSITORY_ROOT, createLayout } from "../../../local/driver/layout";

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

export interface ApiImage {
  /** Such as `1000:1000`. */
  readonly user: string;
  /** Size of its files over those of its base, unpacked. */
  readonly overBaseMegabytes: number;
}

/** @param reference with a digest. @throws Error where no build made it */
export function readImage(reference: string): ApiImage {
  const archive = findArchive(reference.split("@")[1] ?? "");
  const read = (digest: string) => {
    const blob = `blobs/${digest.replace(":", "/")}`;
    return execFileSync("tar", ["-xOf", archive, blob], { maxBuffer: 1 << 30 });
  };
  const parse = (digest: string) => JSON.parse(read(digest).toString("utf8")) as unknown;
  const { config, layers } = parse(reference.split("@")[1] ?? "") as Manifest;
  // The stand-in for the base image is one layer.
  const own = layers.slice(1).map(({ digest }) => gunzipSync(read(digest)).length);
  return {
    user: (parse(config.digest) as { readonly config: { readonly User: string } }).config.User,
    overBaseMegabytes: own.reduce((sum, bytes) => sum + bytes, 0) / 1e6,
  };
}

function findArchive(digest: string): string {
  const { images } = createLayout({ project: REPOSITORY_ROOT, local: REPOSITORY_ROOT });
  const file = readdirSync(images).find(
    (name) => name.endsWith(".digest") && readFileSync(path.join(images, name), "utf8") === digest,
  );
  if (file === undefined) throw new Error(`no build made ${digest}`);
  return path.join(images, file.replace(/\.digest$/, ""));
}
