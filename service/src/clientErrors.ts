import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import type { Connections } from "./connections";
import { endGently } from "./linger";
import { announcesBody } from "./requestFaults";
import { type HeaderList, problem, PROBLEM_CONTENT_TYPE, respondProblem } from "./respond";
import { continueTrace, traceparent } from "./trace";

interface Refusal {
  readonly status: number;
  readonly detail: string;
  /** What the log names as the cause. */
  readonly code: string | undefined;
}

/** Error codes of the HTTP parser: https://nodejs.org/api/http.html#event-clienterror */
function refusalOf(code: string | undefined, maxHeaderSize: number): Refusal {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, detail: `The request's headers are larger than ${maxHeaderSize} bytes.`, code };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, detail: "The request did not arrive in time.", code };
    default:
      return { status: 400, detail: "The request is not valid HTTP.", code };
  }
}

export interface ClientErrorsArgs {
  readonly connections: Connections;
  readonly logger: Logger;
  /** Bytes. */
  readonly maxHeaderSize: number;
  /** Headers of every response. */
  readonly headers: HeaderList;
}

/** Answers what never became a request, and so never reaches the application; each request gets one response. */
export class ClientErrors {
  constructor(private readonly args: ClientErrorsArgs) {}

  /** What the parser or a timeout of Node.js found. */
  handle(error: NodeJS.ErrnoException, socket: Socket): void {
    const { connections, maxHeaderSize } = this.args;
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const newest = connections.newest(socket);
    // Its response tells the client that it is the last one of the connection.
    if (newest?.shouldKeepAlive === false) return;
    const refusal = refusalOf(error.code, maxHeaderSize);
    // What is wrong is the body of a request that the application has.
    if (newest !== undefined && !newest.req.complete && announcesBody(newest.req)) {
      respondProblem(newest, refusal.status, refusal.detail);
      return;
    }
    this.#refuse(socket, refusal);
  }

  /** CONNECT asks for a tunnel. */
  refuseTunnel(socket: Socket): void {
    this.#refuse(socket, { status: 400, detail: "The API is not a proxy.", code: "CONNECT" });
  }

  /** After the answers to the requests before it. */
  #refuse(socket: Socket, { status, detail, code }: Refusal): void {
    const { connections, logger, headers } = this.args;
    connections.afterAnswers(socket, () => {
      const trace = continueTrace(undefined);
      logger.info({ request_id: trace.traceId, status, code }, "connection refused");
      const body = JSON.stringify(problem(status, detail, trace.traceId));
      const list = [
        ...["Connection", "close", "Content-Type", PROBLEM_CONTENT_TYPE],
        ...["Content-Length", String(Buffer.byteLength(body))],
        ...["X-Request-Id", trace.traceId, "Traceparent", traceparent(trace), ...headers],
      ];
      const lines = list.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${list[index + 1] ?? ""}`] : [],
      );
      socket.write([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", body].join("\r\n"));
      endGently(socket);
    });
  }
}
