/** A folder of one commit, built: what `docker build` would put into the image, made by the folder's own build. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import type { ImageStore } from "./containerImage";
import { CommandFailure, must, run, tail } from "./run";

export interface BuildPlaces {
  /** Git repository that commits are looked up in. */
  readonly repositoryRoot: string;
  /** Folder for builds. */
  readonly buildFolder: string;
  /** For container images. @default only their files are made, which is quicker */
  readonly images?: ImageStore | undefined;
}

/** Folder of a commit in the repository, and the hash by which git knows its content. */
export interface Source {
  readonly commit: string;
  readonly folder: string;
  readonly tree: string;
}

/** A build that failed, with the end of its log. */
export class BuildFailure extends CommandFailure {}

/** @param location `https://host/owner/repository.git#<commit>:<folder>`, as Docker writes git contexts. */
export async function resolveSource({ repositoryRoot }: BuildPlaces, location: string): Promise<Source> {
  const match = /^https?:\/\/[^#]+#([^:]+)(?::(.*))?$/.exec(location);
  if (match?.[1] === undefined) {
    throw new BuildFailure(
      `unable to understand source location '${location}': want <repository>.git#<commit>:<folder>`,
    );
  }
  const [, commit, folder = ""] = match;
  const known = await run("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: repositoryRoot });
  if (known.code !== 0) {
    throw new BuildFailure(
      `failed to clone: the commit ${commit} is not in the repository; commit (and push) it first`,
    );
  }
  const tree = await run("git", ["rev-parse", "--verify", `${commit}:${folder}`], { cwd: repositoryRoot });
  if (tree.code !== 0) throw new BuildFailure(`the commit ${commit} has no folder '${folder}'`);
  return { commit, folder, tree: tree.output.trim() };
}

const building = new Map<string, Promise<string>>();

/** Builds a source once; the same content, from whatever commit, is not built again. @returns the folder. */
export async function buildSource(places: BuildPlaces, source: Source): Promise<string> {
  const folder = join(places.buildFolder, source.tree);
  if (existsSync(folder)) return folder;
  const running = building.get(folder) ?? buildInto(places, source, folder);
  building.set(folder, running);
  try {
    return await running;
  } finally {
    building.delete(folder);
  }
}

async function buildInto(places: BuildPlaces, source: Source, folder: string): Promise<string> {
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    await exportSource(places.repositoryRoot, source, unfinished);
    linkDependencies(places, source, unfinished);
    await runBuildScript(places, unfinished);
    tolerating(["ENOTEMPTY", "EEXIST"], () => {
      renameSync(unfinished, folder);
    });
    return folder;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Writes a source's files, as they were committed, into a folder that exists. */
export async function exportSource(repositoryRoot: string, { tree }: Source, folder: string): Promise<void> {
  const archive = `${folder}.tar`;
  try {
    await must("git", ["archive", "--output", archive, tree], { cwd: repositoryRoot });
    await must("tar", ["-xf", archive, "-C", folder], { cwd: repositoryRoot });
  } finally {
    rmSync(archive, { force: true });
  }
}

/** The checkout's installed packages serve the build: first the folder's own, then those of the workspace. */
function linkDependencies(
  { repositoryRoot, buildFolder }: BuildPlaces,
  source: Source,
  target: string,
): void {
  link(join(repositoryRoot, source.folder, "node_modules"), join(target, "node_modules"));
  link(join(repositoryRoot, "node_modules"), join(buildFolder, "node_modules"));
}

function link(from: string, to: string): void {
  if (!existsSync(from) || existsSync(to)) return;
  tolerating(["EEXIST"], () => {
    symlinkSync(from, to, "dir");
  });
}

/** Another run that builds the same commit at the same time may have been faster; its result is the same. */
function tolerating(codes: readonly string[], action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** As `npm run build` does it, without needing npm: the package's script in a shell, with `.bin` on the path. */
async function runBuildScript({ repositoryRoot }: BuildPlaces, folder: string): Promise<void> {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return;
  const { scripts } = JSON.parse(readFileSync(manifest, "utf8")) as { scripts?: Record<string, string> };
  const script = scripts?.["build"];
  if (script === undefined) return;
  const bins = [
    join(folder, "node_modules/.bin"),
    join(repositoryRoot, "node_modules/.bin"),
    dirname(process.execPath),
  ];
  const path = [...bins, process.env["PATH"] ?? ""].join(delimiter);
  const { code, output } = await run("sh", ["-c", script], {
    cwd: folder,
    env: { ...process.env, PATH: path },
  });
  if (code !== 0) throw new BuildFailure(`'npm run build' (${script}) ended with ${code}:\n${tail(output)}`);
}

/** sha256 over names and contents of a built folder's files, its packages aside. */
export function digestFolder(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(folder, file).startsWith("node_modules"))
    .sort();
  for (const file of files)
    hash.update(relative(folder, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
