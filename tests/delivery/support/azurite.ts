/** Azure Blob Storage for a test: Azurite on a free loopback port, its data in a folder of the test's. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import * as path from "node:path";

import { reservePort } from "../../support/ports";

/** Azurite's own account (https://learn.microsoft.com/azure/storage/common/storage-connect-azurite). */
const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const SERVICE_VERSION = "2021-12-02";
const START_TIMEOUT_MS = 30_000;

export interface Azurite {
  /** `PULUMI_BACKEND_URL` of the container `state`. */
  readonly backendUrl: string;
  /** Environment by which Pulumi may read and write the state, or only read it. */
  access(kind: "write" | "read"): Record<string, string>;
  /** Names of the container's blobs. */
  list(): Promise<string[]>;
  /** A blob's text. */
  read(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Azurite and creates the container `state`. */
export async function startAzurite(folder: string): Promise<Azurite> {
  const port = await reservePort();
  const main = path.join(path.dirname(require.resolve("azurite/package.json")), "dist/src/blob/main.js");
  const options = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "--location", folder];
  const child = spawn(process.execPath, [main, ...options, "--skipApiVersionCheck", "--disableTelemetry"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    await listening(child);
    await createContainer(port);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    backendUrl: `azblob://state?storage_account=${ACCOUNT}&domain=127.0.0.1:${port}&protocol=http&localemu=true`,
    access: (kind) => ({
      AZURE_STORAGE_ACCOUNT: ACCOUNT,
      AZURE_STORAGE_SAS_TOKEN: accountSas(kind === "write" ? "rwdlac" : "rl"),
    }),
    list: async () => {
      const text = await get(port, "state", "restype=container&comp=list");
      return [...text.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name = ""]) => name);
    },
    read: (name) => get(port, `state/${name}`, ""),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function listening(child: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`Azurite does not listen after ${START_TIMEOUT_MS} ms: ${output}`));
    }, START_TIMEOUT_MS);
    const finish = (action: () => void) => () => {
      clearTimeout(timer);
      action();
    };
    const ended = finish(() => {
      reject(new Error(`Azurite ended before it listened: ${output}`));
    });
    child.once("exit", ended);
    child.stderr?.on("data", (text: Buffer) => (output += text.toString()));
    child.stdout?.on("data", (text: Buffer) => {
      output += text.toString();
      if (!output.includes("successfully listens on")) return;
      child.off("exit", ended);
      finish(resolve)();
    });
  });
}

async function createContainer(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/${ACCOUNT}/state?restype=container&${accountSas("rwdlac")}`;
  const response = await fetch(url, { method: "PUT", headers: { "x-ms-version": SERVICE_VERSION } });
  if (response.status !== 201) throw new Error(`Azurite created no container: ${await response.text()}`);
}

async function get(port: number, route: string, query: string): Promise<string> {
  const url = `http://127.0.0.1:${port}/${ACCOUNT}/${route}?${query}&${accountSas("rl")}`;
  const response = await fetch(url, { headers: { "x-ms-version": SERVICE_VERSION } });
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(`Azurite refused ${route}: ${text}`);
}

/** An account SAS for blobs (https://learn.microsoft.com/rest/api/storageservices/create-account-sas), good for an hour. */
function accountSas(permissions: string): string {
  const expiry = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
  const fields = [ACCOUNT, permissions, "b", "sco", "", expiry, "", "http,https", SERVICE_VERSION, ""];
  const signature = createHmac("sha256", Buffer.from(KEY, "base64"))
    .update(`${fields.join("\n")}\n`)
    .digest("base64");
  const [sp, ss, srt] = fields.slice(1);
  return new URLSearchParams({
    ...{ sv: SERVICE_VERSION, ss: ss ?? "", srt: srt ?? "", sp: sp ?? "", se: expiry, spr: "http,https" },
    sig: signature,
  }).toString();
}
