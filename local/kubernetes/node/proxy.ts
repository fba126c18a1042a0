/** A stable port in front of a Service's pods: each new connection goes to the next ready one. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { LOOPBACK, portInUse } from "./ports";

export class FrontPort {
  private next = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    public readonly port: number,
    private readonly endpoints: () => readonly number[],
  ) {
    server.on("connection", (socket) => {
      this.serve(socket);
    });
  }

  /** @param endpoints loopback ports of the pods that are ready right now. @throws where the port is in use. */
  public static open(port: number, endpoints: () => readonly number[]): Promise<FrontPort> {
    // Half-open connections are passed on as they are: the pod decides when to close its side.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        reject(error.code === "EADDRINUSE" ? portInUse(port) : error);
      });
      server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
        resolve(new FrontPort(server, port, endpoints));
      });
    });
  }

  public close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      for (const socket of this.sockets) socket.destroy();
    });
  }

  private serve(client: Socket): void {
    this.track(client);
    client.on("error", () => client.destroy());
    const ports = this.endpoints();
    this.next = (this.next + 1) % Math.max(1, ports.length);
    this.dial(client, [...ports.slice(this.next), ...ports.slice(0, this.next)]);
  }

  /** A pod that does not answer any more has not been noticed yet: the next one takes the connection. */
  private dial(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined || client.destroyed) {
      client.resetAndDestroy();
      return;
    }
    const pod = connect({ host: LOOPBACK, port, allowHalfOpen: true, noDelay: true });
    const retry = (): void => {
      this.dial(client, others);
    };
    pod.once("error", retry);
    pod.once("connect", () => {
      pod.off("error", retry);
      this.track(pod);
      pod.on("error", () => client.resetAndDestroy());
      client.on("close", () => pod.destroy());
      pod.on("close", () => client.destroy());
      client.pipe(pod).pipe(client);
    });
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
  }
}
