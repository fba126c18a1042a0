import type { RunningTarget, Target } from "./target";

/** Loopback port of the inspector. */
const INSPECTOR_PORT = 18_091;

/** What a process holds, in MiB. */
export interface HeldMemory {
  /** Resident memory of the process. */
  readonly rssMib: number;
  /** Used in the heap of JavaScript. */
  readonly heapMib: number;
}

/** The server with Node.js's inspector, by which its memory can be collected. */
export function inspected(target: Target): Target {
  const environment = { ...target.environment, NODE_OPTIONS: `--inspect=127.0.0.1:${INSPECTOR_PORT}` };
  return { ...target, environment };
}

/**
 * What is left after a full garbage collection: what a process has in between tells when the engine last had a reason to
 * collect, for it takes pages as long as it may and gives them back when it must.
 */
export async function heldMemory(server: RunningTarget): Promise<HeldMemory> {
  const [inspector] = (await (await fetch(`http://127.0.0.1:${INSPECTOR_PORT}/json/list`)).json()) as [
    { readonly webSocketDebuggerUrl: string },
  ];
  const socket = new WebSocket(inspector.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  try {
    // What one collection finalises the next one frees.
    await call(socket, "HeapProfiler.collectGarbage");
    await call(socket, "HeapProfiler.collectGarbage");
    const { usedSize } = await call(socket, "Runtime.getHeapUsage");
    return { rssMib: server.memoryMib("VmRSS"), heapMib: (usedSize ?? NaN) / 2 ** 20 };
  } finally {
    socket.close();
  }
}

/** A command of https://chromedevtools.github.io/devtools-protocol/v8 whose result is numbers. */
function call(socket: WebSocket, method: string): Promise<Readonly<Record<string, number>>> {
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent): void => {
      const { result, error } = JSON.parse(String(data)) as {
        readonly result?: Readonly<Record<string, number>>;
        readonly error?: { readonly message: string };
      };
      if (result === undefined) reject(new Error(`${method}: ${error?.message ?? "no result"}`));
      else resolve(result);
    };
    const onClose = (): void => {
      reject(new Error(`${method}: the process has ended.`));
    };
    socket.addEventListener("message", onMessage, { once: true });
    socket.addEventListener("close", onClose, { once: true });
    socket.send(JSON.stringify({ id: 1, method }));
  });
}
