import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import * as path from "node:path";

/** Root folder of the checkout. */
export const REPOSITORY_ROOT = path.resolve(__dirname, "../..");

/**
 * Where a run keeps its files. Everything that is written lies under `local`, so that removing that one folder
 * forgets every emulated cloud, state and cache, and nothing outside the checkout changes.
 */
export interface Layout {
  /** Folder with Pulumi.yaml, the Pulumi.<stack>.yaml files and the program. */
  readonly project: string;
  readonly local: string;
  readonly pulumiHome: string;
  /** Root of Pulumi's file backend. */
  readonly state: string;
  readonly passphrase: string;
  /** Temporary files of the processes that a run starts, compilers' caches above all: one for all runs. */
  readonly temporary: string;
  /** Executables that the engine is to find on its PATH. */
  readonly bin: string;
  /** Sources and builds of container images, by commit: one for all runs. */
  readonly builds: string;
  /** Container images, by their content: one store for all runs. */
  readonly images: string;
  /** The key that images are signed with, and what trusts it. */
  readonly signing: string;
  /** Says which real cluster a stack is on; not there for a stack on emulated ones. */
  clusterFile(stack: string): string;
  /** Journal of a stack's emulated cloud. */
  cloudFile(stack: string): string;
  /** State folder of a stack's node agent, which runs the API's container. */
  nodeFolder(stack: string): string;
  /** Folder in which the engine runs: copies of the project's settings, to which it may write. */
  workFolder(stack: string): string;
}

export function createLayout(options: { readonly project: string; readonly local: string }): Layout {
  const local = path.resolve(options.local);
  return {
    project: path.resolve(options.project),
    local,
    pulumiHome: path.join(local, "pulumi"),
    state: path.join(local, "state"),
    passphrase: path.join(local, "passphrase"),
    temporary: path.join(REPOSITORY_ROOT, ".local", "tmp"),
    bin: path.join(local, "bin"),
    builds: path.join(REPOSITORY_ROOT, ".local", "builds"),
    images: path.join(REPOSITORY_ROOT, ".local", "images"),
    signing: path.join(REPOSITORY_ROOT, ".local", "signing"),
    clusterFile: (stack) => path.join(local, "clouds", `${stack}.cluster`),
    cloudFile: (stack) => path.join(local, "clouds", `${stack}.jsonl`),
    nodeFolder: (stack) => path.join(local, "nodes", stack),
    workFolder: (stack) => path.join(local, "work", stack),
  };
}

/** Creates the folders of a layout and, once, the passphrase that encrypts the state's secrets. */
export function prepareLayout(layout: Layout, stack: string): void {
  const folders = [layout.pulumiHome, layout.state, layout.temporary, layout.bin, layout.workFolder(stack)];
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
  }
  mkdirSync(path.dirname(layout.cloudFile(stack)), { recursive: true });
  if (!existsSync(layout.passphrase) || readFileSync(layout.passphrase, "utf8") === "") {
    writeFileSync(layout.passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
  }
  chmodSync(layout.passphrase, 0o600);
}
