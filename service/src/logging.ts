import pino, { type DestinationStream, type Logger } from "pino";
import type { Config } from "./config";

/** Bytes gathered before a write, and milliseconds after which a smaller amount is written all the same. */
const BUFFER_BYTES = 4096;
const FLUSH_INTERVAL_MS = 250;

/**
 * Standard output, written in batches: a write for every line would cost more than the request it tells of.
 * A process that ends must call `flushSync` first; one that is killed loses a quarter of a second of lines at most.
 */
export function createDestination(): DestinationStream & { flushSync(): void } {
  return pino.destination({
    dest: 1,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_INTERVAL_MS,
  });
}

/** A logger of one JSON object a line: `level` as text, `time` in ISO 8601 (UTC), then the build and the fields. */
export function createLogger(
  { logLevel, version }: Pick<Config, "logLevel" | "version">,
  destination: DestinationStream,
): Logger {
  return pino(
    {
      level: logLevel,
      base: { service: "aks-platform-api", version },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
}
