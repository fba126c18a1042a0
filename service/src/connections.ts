import type { Server } from "node:http";
import type { Socket } from "node:net";

interface Activity {
  /** How many connections there were when it was opened, with itself. */
  readonly place: number;
  /** Bytes that had arrived when the connection was last looked at. */
  bytesRead: number;
  /** When it was last seen to have changed, on the clock of `performance.now()`. */
  changedAt: number;
}

/** The open connections of a server. */
export class Connections {
  readonly #open = new Map<Socket, Activity>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#open.set(socket, { place: this.#open.size + 1, bytesRead: 0, changedAt: performance.now() });
      socket.once("close", () => this.#open.delete(socket));
    });
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * Whether there are more connections than `limit`, and this one was opened when there were already: those from before
   * are served on, or all would be closed for the few that are too many.
   */
  isBeyond(limit: number, socket: Socket): boolean {
    return this.#open.size > limit && (this.#open.get(socket)?.place ?? 0) > limit;
  }

  /**
   * Ends, with a FIN and not a reset, each connection that is not `busy` and on which nothing has arrived for
   * `quietMs`, and closes it when its client has not done so after another `quietMs`. To be called repeatedly: what
   * was just used is left to its client until it is quiet.
   */
  endQuiet(busy: ReadonlySet<Socket>, quietMs: number): void {
    const now = performance.now();
    for (const [socket, activity] of this.#open) {
      if (busy.has(socket) || socket.bytesRead !== activity.bytesRead) {
        activity.bytesRead = socket.bytesRead;
        activity.changedAt = now;
      } else if (now - activity.changedAt >= 2 * quietMs) {
        socket.destroy();
      } else if (now - activity.changedAt >= quietMs) {
        socket.end();
      }
    }
  }
}
