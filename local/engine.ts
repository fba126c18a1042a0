/**
 * Finds the Pulumi CLI, or gets it: the PATH, `.tools`, the official installer's archive, `go build`.
 * Nothing is installed outside the checkout.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { UserError } from "./driver/errors";

export interface Engine {
  /** Absolute path of the executable. */
  readonly command: string;
  /** Such as `3.250.0`. */
  readonly version: string;
}

export interface EngineSearch {
  /** The checkout: `tools/pulumi/go.mod` there pins the version, `.tools` receives what is fetched or built. */
  readonly root: string;
  /** Folder for temporary files and for the note of versions already asked. */
  readonly local: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Receives one line for each step that takes time. */
  readonly progress: (line: string) => void;
}

const MODULE = "github.com/pulumi/pulumi/pkg/v3";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** @throws UserError that names each way tried, why it did not work, and the fix. */
export async function findEngine(search: EngineSearch): Promise<Engine> {
  const wanted = pinnedVersion(search.root);
  const failures: string[] = [];
  const installed = findInstalled(search, wanted, failures);
  if (installed !== undefined) return installed;
  for (const obtain of [download, build]) {
    const failure = await obtain(search, wanted);
    if (failure !== undefined) {
      failures.push(failure);
      search.progress(failure);
      continue;
    }
    const engine = findInstalled(search, wanted, failures);
    if (engine !== undefined) return engine;
  }
  throw new UserError(
    `no Pulumi CLI ${wanted} or later.\n${failures.map((line) => `  tried ${line}`).join("\n")}\n` +
      "Fix: install it (https://www.pulumi.com/docs/install/), or install Go and run this again.",
  );
}

/** The version that the Go module pins: the one source for the installer and the build too. */
export function pinnedVersion(root: string): string {
  const file = path.join(root, "tools", "pulumi", "go.mod");
  const pin = new RegExp(`^require ${MODULE.replaceAll(".", "\\.")} v(\\d+\\.\\d+\\.\\d+)$`, "m");
  const version = pin.exec(readFileSync(file, "utf8"))?.[1];
  if (version === undefined) {
    throw new UserError(`${file} pins no version of ${MODULE}.\nFix: restore the file from version control.`);
  }
  return version;
}

function findInstalled(search: EngineSearch, wanted: string, failures: string[]): Engine | undefined {
  const folders = (search.environment["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const tools = [path.join(search.root, ".tools", "bin"), path.join(search.root, ".tools", "pulumi")];
  for (const folder of [...folders, ...tools]) {
    const command = path.resolve(folder, "pulumi");
    if (!existsSync(command) || !statSync(command).isFile()) continue;
    const version = versionOf(search, command);
    if (version !== undefined && isAtLeast(version, wanted)) return { command, version };
    failures.push(
      `${command}: ${version === undefined ? "gives no version" : `version ${version} is too old`}`,
    );
  }
  return undefined;
}

/** Asks an executable for its version once: starting it takes longer than everything else here. */
function versionOf(search: EngineSearch, command: string): string | undefined {
  const note = path.join(search.local, "engines.json");
  const { mtimeMs, size } = statSync(command);
  const key = `${command} ${size} ${mtimeMs}`;
  const known = existsSync(note) ? (JSON.parse(readFileSync(note, "utf8")) as Record<string, string>) : {};
  if (known[key] !== undefined) return known[key];
  const result = spawnSync(command, ["version"], {
    encoding: "utf8",
    timeout: 30_000,
    env: {
      ...search.environment,
      PULUMI_HOME: path.join(search.local, "pulumi"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
  const version = /^v?(\d+\.\d+\.\d+)/.exec(result.stdout)?.[1];
  if (result.status !== 0 || version === undefined) return undefined;
  mkdirSync(search.local, { recursive: true });
  writeFileSync(note, JSON.stringify({ ...known, [key]: version }));
  return version;
}

function isAtLeast(version: string, wanted: string): boolean {
  const order = new Intl.Collator("en", { numeric: true });
  return version.split(".")[0] === wanted.split(".")[0] && order.compare(version, wanted) >= 0;
}

/** The archive that the official install script unpacks, without its changes to the user's home and shell. */
async function download(search: EngineSearch, version: string): Promise<string | undefined> {
  const system = { linux: "linux", darwin: "darwin" }[process.platform as string];
  const processor = { x64: "x64", arm64: "arm64" }[process.arch as string];
  if (system === undefined || processor === undefined) {
    return `the official installer: it has no archive for ${process.platform} ${process.arch}`;
  }
  const url = `https://get.pulumi.com/releases/sdk/pulumi-v${version}-${system}-${processor}.tar.gz`;
  search.progress(`Pulumi CLI ${version}: fetching ${url}`);
  const archive = path.join(search.local, "pulumi.tar.gz");
  const target = path.join(search.root, ".tools");
  mkdirSync(search.local, { recursive: true });
  mkdirSync(target, { recursive: true });
  const fetch = [
    "--fail",
    "--location",
    "--silent",
    "--show-error",
    "--connect-timeout",
    "4",
    "--max-time",
    "600",
  ];
  const fetched = await run(search, "curl", [...fetch, "--output", archive, url], search.root);
  const unpacked = fetched ?? (await run(search, "tar", ["-xzf", archive, "-C", target], search.root));
  rmSync(archive, { force: true });
  return unpacked === undefined ? undefined : `the official installer (${url}): ${unpacked}`;
}

async function build(search: EngineSearch, version: string): Promise<string | undefined> {
  const target = path.join(search.root, ".tools", "bin", "pulumi");
  const flags = `-s -w -X ${VERSION_VARIABLE}=v${version}`;
  const started = Date.now();
  search.progress(`Pulumi CLI ${version}: building it with Go (about three minutes on two cores, once)`);
  const ticker = setInterval(() => {
    search.progress(`  still building (${Math.round((Date.now() - started) / 1000)} s)`);
  }, 20_000);
  const args = ["build", "-trimpath", "-ldflags", flags, "-o", target, `${MODULE}/cmd/pulumi`];
  const failure = await run(search, "go", args, path.join(search.root, "tools", "pulumi"));
  clearInterval(ticker);
  return failure === undefined ? undefined : `go build: ${failure}`;
}

/** Runs a command; answers with the reason where it fails. */
async function run(search: EngineSearch, command: string, args: readonly string[], cwd: string) {
  const temporary = path.join(search.local, "tmp");
  mkdirSync(temporary, { recursive: true });
  return new Promise<string | undefined>((resolve) => {
    const env = { ...search.environment, TMPDIR: temporary };
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ENOENT" ? `${command} is not installed` : error.message);
    });
    child.once("close", (code) => {
      resolve(code === 0 ? undefined : (errors.trim().split("\n").at(-1) ?? `${command} ended with ${code}`));
    });
  });
}
