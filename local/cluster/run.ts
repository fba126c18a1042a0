/** The local cluster's command line: `run.ts setup|up|down|status [--json]`. */
import { parseArgs } from "node:util";

import { UserError, messageOf } from "../driver/errors";
import { bringDown, bringUp, prepare } from "./cluster";
import { type ClusterSearch, findCluster } from "./find";
import { createClusterLayout } from "./layout";

const USAGE = "setup, up, down, status [--json]";

async function main(args: readonly string[]): Promise<void> {
  const { command, json } = parse(args);
  const layout = createClusterLayout();
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  if (command === "setup") await prepare(layout, progress);
  else if (command === "up") await bringUp(layout, progress);
  else if (command === "down") await bringDown(layout);
  else process.stdout.write(`${describe(await findCluster(process.env, layout), json)}\n`);
}

/** @throws UserError for what is no command of this program. */
function parse(args: readonly string[]): { readonly command: string; readonly json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [command = "", ...rest] = positionals;
    const isKnown = ["setup", "up", "down", "status"].includes(command) && rest.length === 0;
    if (isKnown && (command === "status" || !values.json)) return { command, json: values.json };
  } catch (error) {
    throw new UserError(`${messageOf(error)}\nAllowed: ${USAGE}.`, 2);
  }
  throw new UserError(`unknown command: got "${args.join(" ")}", allowed: ${USAGE}.`, 2);
}

function describe(search: ClusterSearch, json: boolean): string {
  if (json)
    return JSON.stringify("cluster" in search ? search.cluster : { origin: null, ...search }, undefined, 2);
  if ("reason" in search) return search.reason;
  const { origin, server, kubeconfig, nodes } = search.cluster;
  const lines = nodes.map(
    ({ name, address, isReady, version }) =>
      `  ${name}  ${address}  ${version}  ${isReady ? "Ready" : "not ready"}`,
  );
  return [`${origin} cluster at ${server}`, `KUBECONFIG=${kubeconfig}`, ...lines].join("\n");
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const text =
    error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`error: ${text}\n`);
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
});
