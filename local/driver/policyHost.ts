import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";

import type { Layout } from "./layout";

/** What the engine looks for on its PATH where there is no Node.js language host to run a policy pack. */
const STAND_IN = "pulumi-analyzer-policy-nodejs";
const LANGUAGE_HOST = "pulumi-language-nodejs";

/** A policy pack that is being started for the engine. */
export interface PolicyHost {
  /** Variables that the engine must inherit to find the pack. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the pack; resolves to what it wrote to stderr. */
  close(): string;
}

/** The project's policy packs: the folder `policy-pack`, where there is one. */
export function policyPacks(root: string): string[] {
  const folder = path.join(root, "policy-pack");
  return existsSync(path.join(folder, "PulumiPolicy.yaml")) ? [folder] : [];
}

/**
 * Lets a Pulumi CLI without a Node.js language host run policy packs. The engine then starts a program named
 * {@link STAND_IN} in the pack's folder with the engine's address and `.`, and reads the pack's port from its
 * stdout (pulumi/pulumi, sdk/go/common/resource/plugin/analyzer_plugin.go); the SDK's `run-policy-pack` takes just
 * these arguments. Where a language host is installed the engine prefers it, and this file is not used.
 */
export function installPolicyHost(layout: Layout): void {
  const file = path.join(layout.bin, STAND_IN);
  writeFileSync(
    file,
    [
      "#!/bin/sh",
      "# A pack that the driver has started already (POLICY_PACK_START, for the folder POLICY_PACK) is handed over.",
      'if [ -n "${POLICY_PACK_START:-}" ] && [ "$PWD" = "$POLICY_PACK" ]; then',
      '  while [ ! -s "$POLICY_PACK_START/stdout" ]; do',
      '    if ! kill -0 "$POLICY_PACK_PID" 2>/dev/null; then cat "$POLICY_PACK_START/stderr" >&2; exit 1; fi',
      "    sleep 0.02",
      "  done",
      '  cat "$POLICY_PACK_START/stdout"',
      "  exec sleep 86400",
      "fi",
      `exec ${packCommand().map(quote).join(" ")} "$@"`,
      "",
    ].join("\n"),
  );
  chmodSync(file, 0o755);
}

/**
 * Starts a pack before the engine asks for it, because the engine waits for its packs before it runs the program:
 * this takes the second that a pack needs to load out of every run. The address of the engine, which the engine
 * would give, is not known yet; `run-policy-pack` drops that argument, and is told of the engine by a call.
 * Undefined where an installed language host will start the pack.
 */
export function startPolicyPack(layout: Layout, pack: string, search: string): PolicyHost | undefined {
  const isInstalled = search
    .split(path.delimiter)
    .some((folder) => existsSync(path.join(folder, LANGUAGE_HOST)));
  if (isInstalled) return undefined;
  const folder = mkdtempSync(path.join(layout.temporary, "policy-pack-"));
  const [program = "", ...args] = packCommand();
  const files = ["stdout", "stderr"].map((name) => openSync(path.join(folder, name), "w"));
  const child = spawn(program, [...args, "127.0.0.1:0", "."], {
    cwd: pack,
    env: { ...process.env, TMPDIR: layout.temporary },
    stdio: ["ignore", files[0], files[1]],
  });
  files.forEach(closeSync);
  return {
    environment: { POLICY_PACK: pack, POLICY_PACK_START: folder, POLICY_PACK_PID: String(child.pid) },
    close: () => {
      child.kill("SIGKILL");
      const errors = readFileSync(path.join(folder, "stderr"), "utf8").trim();
      rmSync(folder, { recursive: true, force: true });
      return errors;
    },
  };
}

function packCommand(): string[] {
  const preloads = ["endWithParent.cjs", "lazyModules.cjs"].flatMap((file) => [
    "--require",
    path.join(__dirname, file),
  ]);
  return [process.execPath, ...preloads, require.resolve("@pulumi/pulumi/cmd/run-policy-pack")];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
