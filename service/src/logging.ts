import pino, { type DestinationStream, type Logger } from "pino";
import type { Config } from "./config";

/** Characters that are gathered into one write, and milliseconds that the first of them waits at most. */
const BATCH_CHARACTERS = 64 * 1024;
const BATCH_DELAY_MS = 50;

/** A sink that can be emptied before the process ends. */
export interface FlushableDestination extends DestinationStream {
  flushSync(): void;
}

/**
 * Gathers lines, because one write for every line costs more than the request that it tells of. (pino's own buffer,
 * `minLength`, measures the whole buffer again for every line.)
 *
 * A process that ends calls `flushSync` first; one that is killed loses the lines of its last 50 milliseconds.
 */
class BatchedDestination implements FlushableDestination {
  #batch = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly sink: FlushableDestination) {}

  write(line: string): void {
    this.#batch += line;
    if (this.#batch.length >= BATCH_CHARACTERS) this.#handOver();
    else
      this.#timer ??= setTimeout(() => {
        this.#handOver();
      }, BATCH_DELAY_MS);
  }

  flushSync(): void {
    this.#handOver();
    this.sink.flushSync();
  }

  #handOver(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch === "") return;
    const batch = this.#batch;
    this.#batch = "";
    this.sink.write(batch);
  }
}

/** Standard output, written in batches. */
export function createDestination(): FlushableDestination {
  return new BatchedDestination(pino.destination({ dest: 1, sync: true }));
}

/** Makes the field `time` as ISO 8601 (UTC); lines of the same second share its costly part. */
export function createTimestamp(): () => string {
  let second = NaN;
  let upToSecond = "";
  return () => {
    const now = Date.now();
    const millisecond = now % 1000;
    if (now - millisecond !== second) {
      second = now - millisecond;
      upToSecond = `,"time":"${new Date(now).toISOString().slice(0, -"000Z".length)}`;
    }
    return `${upToSecond}${String(millisecond).padStart(3, "0")}Z"`;
  };
}

/** The fields that every line starts with, after its level and time. */
export function logBase(version: string): { readonly service: string; readonly version: string } {
  return { service: "aks-platform-api", version };
}

/** A logger of one JSON object a line: `level` as text, `time` in ISO 8601 (UTC), then the build and the fields. */
export function createLogger(
  { logLevel, version }: Pick<Config, "logLevel" | "version">,
  destination: DestinationStream,
): Logger {
  return pino(
    {
      level: logLevel,
      base: logBase(version),
      timestamp: createTimestamp(),
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
}
