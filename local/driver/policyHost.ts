import { chmodSync, existsSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import type { Layout } from "./layout";

/**
 * Lets a Pulumi CLI without a Node.js language host run the policy pack. The engine then looks on its PATH for
 * `pulumi-analyzer-policy-nodejs` and starts it in the pack's folder with the engine's address and `.`
 * (pulumi/pulumi, sdk/go/common/resource/plugin/analyzer_plugin.go); the SDK's own `run-policy-pack` takes just
 * these arguments. Where a language host is installed the engine prefers it, and this file is not used.
 */
export function installPolicyHost(layout: Layout): void {
  const main = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const watchdog = path.join(__dirname, "endWithParent.cjs");
  const script = `#!/bin/sh\nexec '${process.execPath}' --require '${watchdog}' '${main}' "$@"\n`;
  const file = path.join(layout.bin, "pulumi-analyzer-policy-nodejs");
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

/** The project's policy packs: the folder `policy-pack`, where there is one. */
export function policyPacks(root: string): string[] {
  const folder = path.join(root, "policy-pack");
  return existsSync(path.join(folder, "PulumiPolicy.yaml")) ? [folder] : [];
}
