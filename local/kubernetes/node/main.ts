/** The node agent's process: `main.ts <state folder> <front port>`. Started by connectNodeAgent, lives on its own. */
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { addressFile, claimAddress, readAddress } from "./address";
import { Agent } from "./agent";
import { serveControl } from "./server";

/** An agent with nothing to run ends after this time. */
const IDLE_MS = 60_000;
const WATCH_MS = 1_000;

async function main(stateFolder: string, frontPort: number): Promise<void> {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const token = randomBytes(32).toString("hex");
  const agent = new Agent(stateFolder, frontPort);
  const leave = (): void => {
    if (readAddress(stateFolder)?.token === token) rmSync(addressFile(stateFolder), { force: true });
    // The answer to the command that ends the agent is on its way.
    setTimeout(() => process.exit(0), 20);
  };
  const isReady = new EventEmitter();
  const [, port] = await serveControl(agent, token, leave, once(isReady, "ready"));
  if (!(await claimAddress(stateFolder, { pid: process.pid, port, token }))) process.exit(0);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void agent.stop(false).then(leave));
  }
  process.on("SIGHUP", () => undefined);
  await agent.resume();
  isReady.emit("ready");
  watch(agent, stateFolder, token, leave);
}

/** Ends the agent when it is idle, or when its state folder was removed or taken over. */
function watch(agent: Agent, stateFolder: string, token: string, leave: () => void): void {
  let idleSince = Date.now();
  const timer = setInterval(() => {
    if (!agent.isEmpty) idleSince = Date.now();
    const isOurs = readAddress(stateFolder)?.token === token;
    if (isOurs && Date.now() - idleSince < IDLE_MS) return;
    clearInterval(timer);
    void agent.stop(false).then(leave);
  }, WATCH_MS);
}

const [, , stateFolder, frontPort] = process.argv;
if (stateFolder === undefined || frontPort === undefined) {
  throw new Error("Usage: main.ts <state folder> <front port>");
}
void main(stateFolder, Number(frontPort));
