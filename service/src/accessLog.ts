import type { DestinationStream, Logger } from "pino";
import type { TraceContext } from "./trace";
import { createTimestamp, logBase } from "./logging";

/** What is written of one request. */
export interface AccessEntry {
  readonly level: "debug" | "info" | "error";
  /** Checked or made by `requestIdFrom`. */
  readonly requestId: string;
  readonly trace: TraceContext;
  /** One of the methods that the HTTP parser of Node.js knows. */
  readonly method: string;
  /** The path without the query; any characters. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** What made the response a 5xx. */
  readonly error?: unknown;
}

export type AccessLog = (entry: AccessEntry) => void;

const MESSAGE = "request";

/**
 * Writes one line a request, to the logger's destination and at the logger's level.
 *
 * The line is put together here, and is what pino would write for the same fields: pino has to serialise values it
 * knows nothing of, which costs a tenth of a small request, while here all but the path is known to need no escaping.
 * Only a line with an error goes through pino.
 */
export function createAccessLog(logger: Logger, version: string, destination: DestinationStream): AccessLog {
  const timestamp = createTimestamp();
  const base = JSON.stringify(logBase(version)).slice(1, -1);
  return ({ level, requestId, trace, method, path, status, durationMs, error }) => {
    if (error !== undefined) {
      logger[level](
        {
          request_id: requestId,
          trace_id: trace.traceId,
          span_id: trace.spanId,
          method,
          path,
          status,
          duration_ms: durationMs,
          err: error,
        },
        MESSAGE,
      );
      return;
    }
    if (!logger.isLevelEnabled(level)) return;
    destination.write(
      `{"level":"${level}"${timestamp()},${base},"request_id":"${requestId}","trace_id":"${trace.traceId}",` +
        `"span_id":"${trace.spanId}","method":"${method}","path":${JSON.stringify(path)},"status":${status},"duration_ms":${durationMs},"msg":"${MESSAGE}"}\n`,
    );
  };
}
