/** Signatures of images: what a node takes is what was signed here, to the byte. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { ImageSigner } from "../../local/azure/build/signature";
import { missingBinaries } from "../../local/cluster/binaries";
import { createClusterLayout } from "../../local/cluster/layout";

const layout = createClusterLayout();
const isBuilt = !missingBinaries(layout).includes("notation");
if (!isBuilt)
  process.stderr.write("Signatures are not tested: notation is not built. Fix: `make cluster` once.\n");
const describeHere = isBuilt ? describe : describe.skip;

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const EMPTY = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 };

describeHere("the signature of an image", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "signature-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const signerOf = (key: string) => new ImageSigner(layout.program("notation"), path.join(folder, key));

  test("is good for the image that was signed", async () => {
    const archive = createArchive(folder, "one");
    expect(signerOf("own").isSigned(archive)).toBe(false);
    await signerOf("own").sign(archive);
    expect(signerOf("own").isSigned(archive)).toBe(true);
    await expect(signerOf("own").verify(archive)).resolves.toBeUndefined();
  });

  test("is good for no other image in its place", async () => {
    const [archive, other] = [createArchive(folder, "one"), createArchive(folder, "other")];
    await signerOf("own").sign(archive);
    cpSync(other, archive);
    await expect(signerOf("own").verify(archive)).rejects.toThrow(/notation verify .* ended with 1/);
  });

  test("is good for nothing where another's key made it, or where there is none", async () => {
    const archive = createArchive(folder, "one");
    await expect(signerOf("own").verify(archive)).rejects.toThrow(/notation verify .* ended with 1/);
    await signerOf("another").sign(archive);
    await expect(signerOf("own").verify(archive)).rejects.toThrow(/signature verification failed/);
  });
});

function digestOf(content: string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** An OCI archive with an image that has a title and nothing else. */
function createArchive(folder: string, title: string): string {
  const image = path.join(folder, `${title}-layout`);
  mkdirSync(path.join(image, "blobs", "sha256"), { recursive: true });
  const manifest = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: MANIFEST_TYPE, config: EMPTY, layers: [EMPTY] },
    annotations: { "org.opencontainers.image.title": title },
  });
  for (const content of [manifest, "{}"]) {
    writeFileSync(path.join(image, "blobs", digestOf(content).replace(":", "/")), content);
  }
  const entry = { mediaType: MANIFEST_TYPE, digest: digestOf(manifest), size: manifest.length };
  writeFileSync(path.join(image, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  writeFileSync(path.join(image, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const archive = path.join(folder, `${title}.tar`);
  execFileSync("tar", ["-cf", archive, "-C", image, "blobs", "index.json", "oci-layout"]);
  return archive;
}
