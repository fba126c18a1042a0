/** Ports of the loopback interface. */
import { createServer } from "node:net";

export const LOOPBACK = "127.0.0.1";

/**
 * A port that nobody listens on right now, to be listened on at once: it is one of those that the system hands out
 * itself, to anybody's next connection (`net.ipv4.ip_local_port_range`). For later, take {@link firstFreePort}.
 */
export async function freePort(): Promise<number> {
  const port = await tryListen(0);
  if (port === undefined)
    throw new Error(`No free port on ${LOOPBACK}: end a process that listens, then retry`);
  return port;
}

/** The first port from there on that is not taken and that nobody listens on. */
export async function firstFreePort(first: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  let port = first;
  while (taken.has(port) || !(await isPortFree(port))) port += 1;
  return port;
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== undefined;
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => {
        resolve(bound);
      });
    });
  });
}

export function portInUse(port: number): Error {
  return new Error(
    `Port ${port} of ${LOOPBACK} is in use by another program: the API could not be served there. ` +
      `Choose another one, such as: make up PORT=${port === 65535 ? 18080 : port + 1}`,
  );
}
