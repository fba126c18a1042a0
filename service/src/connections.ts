import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { ApiResponse } from "./respond";

interface Activity {
  /** How many connections there were when it was opened, with itself. */
  readonly place: number;
  /** Responses that the operating system has not taken yet, in the order of their requests. */
  readonly unanswered: ApiResponse[];
  /** When its newest request arrived or, before the first, when it was opened, on the clock of `performance.now()`. */
  requestedAt: number;
  /** The response to the newest request, where it is not over or is the last of the connection. */
  newest: ApiResponse | undefined;
  /** To be called when nothing is unanswered any more. */
  whenAnswered: (() => void) | undefined;
  /** Bytes that had arrived when the connection was last looked at. */
  bytesRead: number;
  /** When it was last seen to have changed, on the clock of `performance.now()`. */
  changedAt: number;
}

/** The open connections of a server, and what is asked and not answered yet on each. */
export class Connections {
  readonly #open = new Map<Socket, Activity>();
  /** One function for all responses, which is `this`. */
  readonly #onResponseClose: (this: ApiResponse) => void;

  constructor(server: Server) {
    const open = this.#open;
    this.#onResponseClose = function () {
      const activity = open.get(this.req.socket);
      if (activity === undefined) return;
      // Responses leave in the order of their requests, so that the one that is over is the first.
      activity.unanswered.shift();
      // Kept by an idle connection, it would be copied by each garbage collection.
      if (activity.newest === this && this.shouldKeepAlive) activity.newest = undefined;
      if (activity.unanswered.length === 0) activity.whenAnswered?.();
    };
    server.on("connection", (socket: Socket) => {
      this.#open.set(socket, {
        place: this.#open.size + 1,
        unanswered: [],
        requestedAt: performance.now(),
        newest: undefined,
        whenAnswered: undefined,
        bytesRead: 0,
        changedAt: performance.now(),
      });
      socket.once("close", () => {
        this.#closed(socket);
      });
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
   * Notes a request, until its response is over.
   *
   * @returns when the request before it arrived: a client that waits for its answers has not sent this one earlier
   */
  began(response: ApiResponse, now: number): number {
    const activity = this.#open.get(response.req.socket);
    if (activity === undefined) return now;
    const before = activity.requestedAt;
    activity.requestedAt = now;
    activity.newest = response;
    activity.unanswered.push(response);
    response.on("close", this.#onResponseClose);
    return before;
  }

  /** How many requests of the connection have no response that the operating system has taken. */
  unanswered(socket: Socket): number {
    return this.#open.get(socket)?.unanswered.length ?? 0;
  }

  /** The response to the connection's newest request, where it is not over or is the last of the connection. */
  newest(socket: Socket): ApiResponse | undefined {
    return this.#open.get(socket)?.newest;
  }

  /**
   * Whether no more requests of the connection are answered: it is closed, or the response to the newest one tells the
   * client that it is the last.
   */
  isOver(socket: Socket): boolean {
    return socket.destroyed || this.#open.get(socket)?.newest?.shouldKeepAlive === false;
  }

  /** Calls `action` once all requests of the connection are answered: at once where they are. Not at all if it closes before. */
  afterAnswers(socket: Socket, action: () => void): void {
    const activity = this.#open.get(socket);
    if (activity === undefined) return;
    if (activity.unanswered.length === 0) action();
    else activity.whenAnswered = action;
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

  #closed(socket: Socket): void {
    const { unanswered = [] } = this.#open.get(socket) ?? {};
    this.#open.delete(socket);
    // Node.js tells the end of the connection to the response that is being sent, and not to those that wait behind it.
    for (const response of unanswered) if (response.socket === null) response.emit("close");
  }
}
