/** The file in which a running agent says where it answers; who can read it may command the agent. */
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call } from "./call";
import type { AgentAddress } from "./protocol";

export function addressFile(stateFolder: string): string {
  return join(stateFolder, "agent.json");
}

export function readAddress(stateFolder: string): AgentAddress | undefined {
  try {
    return JSON.parse(readFileSync(addressFile(stateFolder), "utf8")) as AgentAddress;
  } catch {
    return undefined;
  }
}

/**
 * Puts the address in its place, unless another agent lives there. A file that a dead agent left is replaced:
 * it is dead if nobody answers to its token, whatever process has its id by now.
 * @returns false where another agent was there first.
 */
export async function claimAddress(stateFolder: string, address: AgentAddress): Promise<boolean> {
  const file = addressFile(stateFolder);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(address), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(draft, file);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const other = readAddress(stateFolder);
      if (other !== undefined && (await isAlive(other))) return false;
      rmSync(file, { force: true });
    }
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

export async function isAlive(address: AgentAddress): Promise<boolean> {
  try {
    await call(address, "/status");
    return true;
  } catch {
    return false;
  }
}
