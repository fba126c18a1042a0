/** The named configurations that the platform is held to. */
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";

const FOLDER = path.join(__dirname, "stacks");

/** Those that every `make test` brings up: each egress, API server, edge and data service is in one of them. */
export const CORE_STACKS: readonly string[] = [
  "cheapest",
  "api-server-authorized-ranges",
  "edge-gateway-for-containers",
  "edge-traffic-manager",
  "data-all-private",
  "regulated",
];

export function stackNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => path.basename(file, ".yaml"))
    .sort();
}

/** The text of the stack's configuration, as `Pulumi.<stack>.yaml` has it. */
export function stackText(name: string): string {
  return readFileSync(path.join(FOLDER, `${name}.yaml`), "utf8");
}
