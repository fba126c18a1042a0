import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** One package of an npm lockfile (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#packages). */
export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly [field: string]: unknown;
}

export interface Lockfile {
  readonly name: string;
  readonly version: string;
  readonly lockfileVersion: number;
  readonly requires: true;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Where a package is in the workspace's lockfile, and where it goes in the derived one. */
interface Placed {
  readonly source: string;
  readonly target: string;
  /** Whether everything that leads to it is optional, so that npm leaves it out where it does not run. */
  readonly optional: boolean;
}

interface Wanted {
  readonly name: string;
  readonly optional: boolean;
}

/** Facts that npm states from the view of the workspace's root, and that differ in a lockfile of one workspace. */
const VIEW_DEPENDENT = new Set(["dev", "devOptional", "optional", "peer", "extraneous"]);

/** The folders in which Node.js looks for a package that `location` requires, nearest first. */
function searchPath(location: string, name: string): readonly string[] {
  const folders: string[] = [];
  for (let base = location; ; base = base.slice(0, Math.max(0, base.lastIndexOf("node_modules/") - 1))) {
    folders.push(base === "" ? `node_modules/${name}` : `${base}/node_modules/${name}`);
    if (base === "") return folders;
  }
}

function runtimeDependencies(locked: LockedPackage): readonly Wanted[] {
  const optionalPeer = (name: string): boolean => locked.peerDependenciesMeta?.[name]?.optional === true;
  return [
    ...Object.keys(locked.dependencies ?? {}).map((name) => ({ name, optional: false })),
    ...Object.keys(locked.optionalDependencies ?? {}).map((name) => ({ name, optional: true })),
    ...Object.keys(locked.peerDependencies ?? {})
      .filter((name) => !optionalPeer(name))
      .map((name) => ({ name, optional: false })),
  ];
}

/**
 * Cuts one workspace's packages out of the workspace root's lockfile, every one at the version that it has there.
 *
 * The image is built from the workspace's folder alone, so that folder needs a lockfile of its own; deriving it is
 * the only way to be sure that the image runs what was tested.
 *
 * @throws {Error} when a dependency is missing from the root's lockfile, which then is out of date.
 */
export function deriveLockfile(root: Lockfile, workspace: string): Lockfile {
  const manifest = root.packages[workspace];
  if (manifest?.name === undefined || manifest.version === undefined) {
    throw new Error(`package-lock.json has no workspace "${workspace}"; fix: run npm install at the root.`);
  }
  const placed: Record<string, LockedPackage> = {};

  /** Puts what `from` wants where it will find it, and returns what was put anew. */
  const place = (from: Placed, wanted: readonly Wanted[], dev: boolean): Placed[] => {
    const added: Placed[] = [];
    for (const { name, optional } of wanted) {
      const source = searchPath(from.source, name).find((location) => root.packages[location] !== undefined);
      const found = source === undefined ? undefined : root.packages[source];
      if (source === undefined || found === undefined) {
        if (optional) continue;
        throw new Error(`package-lock.json lacks ${name}, which ${from.source} needs; fix: run npm install.`);
      }
      const existing = searchPath(from.target, name).find((location) => placed[location] !== undefined);
      const spared = optional || from.optional;
      if (existing !== undefined && placed[existing]?.version === found.version) {
        if (spared || placed[existing]?.optional !== true) continue;
      }
      const known = existing !== undefined && placed[existing]?.version !== found.version;
      const target = known ? searchPath(from.target, name)[0] : (existing ?? `node_modules/${name}`);
      if (target === undefined) continue;
      const kept = Object.entries(found).filter(([field]) => !VIEW_DEPENDENT.has(field));
      placed[target] = Object.fromEntries([
        ...kept,
        ...(dev ? [["dev", true]] : []),
        ...(spared ? [["optional", true]] : []),
      ]) as LockedPackage;
      added.push({ source, target, optional: spared });
    }
    return added;
  };
  const walk = (wanted: readonly Wanted[], dev: boolean): void => {
    const queue = place({ source: workspace, target: "", optional: false }, wanted, dev);
    for (const next of queue) {
      queue.push(...place(next, runtimeDependencies(root.packages[next.source] ?? {}), dev));
    }
  };
  walk(runtimeDependencies(manifest), false);
  walk(
    Object.keys(manifest.devDependencies ?? {}).map((name) => ({ name, optional: false })),
    true,
  );

  const sorted = Object.entries(placed).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    name: manifest.name,
    version: manifest.version,
    lockfileVersion: root.lockfileVersion,
    requires: true,
    packages: { "": manifest, ...Object.fromEntries(sorted) },
  };
}

/** The text of a lockfile, as npm writes it. */
export function formatLockfile(lockfile: Lockfile): string {
  return `${JSON.stringify(lockfile, null, 2)}\n`;
}

if (require.main === module) {
  const service = join(__dirname, "..");
  const root = JSON.parse(readFileSync(join(service, "..", "package-lock.json"), "utf8")) as Lockfile;
  writeFileSync(join(service, "package-lock.json"), formatLockfile(deriveLockfile(root, basename(service))));
}
