import { once } from "node:events";
import { Agent } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { get } from "./http";

interface Backend {
  readonly port: number;
  ready: boolean;
}

/**
 * A TCP load balancer as a Kubernetes service is one: each new connection goes to a ready backend in turn and stays
 * there; that a backend is no longer ready is only noticed at the next probe.
 */
export class TcpBalancer {
  readonly #server: Server;
  readonly #backends: Backend[];
  readonly #sockets = new Set<Socket>();
  readonly #probes: NodeJS.Timeout;
  #next = 0;

  private constructor(backendPorts: readonly number[], probePeriodMs: number) {
    this.#backends = backendPorts.map((port) => ({ port, ready: true }));
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#relay(client);
    });
    this.#probes = setInterval(() => {
      for (const backend of this.#backends) void this.#probe(backend);
    }, probePeriodMs);
  }

  static async start(backendPorts: readonly number[], probePeriodMs: number): Promise<TcpBalancer> {
    const balancer = new TcpBalancer(backendPorts, probePeriodMs);
    balancer.#server.listen(0, "127.0.0.1");
    await once(balancer.#server, "listening");
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    clearInterval(this.#probes);
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #probe(backend: Backend): Promise<void> {
    try {
      backend.ready = (await get(backend.port, "/readyz", new Agent())).status === 200;
    } catch {
      backend.ready = false;
    }
  }

  #relay(client: Socket): void {
    const ready = this.#backends.filter((backend) => backend.ready);
    const backend = ready[this.#next++ % ready.length];
    if (backend === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect({ port: backend.port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from);
      // A reset stays a reset: the client must see what the server did.
      from.on("error", () => to.resetAndDestroy());
      from.on("close", () => this.#sockets.delete(from));
      from.pipe(to);
    }
  }
}
