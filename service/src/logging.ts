import type { EventEmitter } from "node:events";
import type { Writable } from "node:stream";
import pino, { type DestinationStream, type Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import type { Config } from "./config";

/** Characters that are gathered into one write, and milliseconds that the first of them waits at most. */
const BATCH_CHARACTERS = 64 * 1024;
const BATCH_DELAY_MS = 50;
/** Bytes that may wait for whoever reads the log. */
const MAX_BACKLOG_BYTES = 2 ** 20;
/** Milliseconds that a process which ends waits for its last lines to be read. */
const FLUSH_MS = 500;

/** A stream such as standard output: it takes what it is given, and keeps what its reader has not taken yet. */
export type LogSink = Pick<Writable, "write" | "writableLength"> & Pick<EventEmitter, "on" | "once">;

/**
 * Gathers lines, because one write for every line costs more than the request that it tells of. (pino's own buffer,
 * `minLength`, measures the whole buffer again for every line.)
 *
 * Nothing waits for the log's reader: where it stalls, a mebibyte is kept for it, and lines beyond that are dropped and
 * counted. A process that is killed loses the lines of its last 50 milliseconds.
 */
export class LogDestination implements DestinationStream {
  #batch = "";
  #lines = 0;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;
  #droppedBefore = 0;
  /** Told how many lines were dropped, when the reader goes on. */
  onResume: (dropped: number) => void = () => undefined;

  constructor(private readonly sink: LogSink) {
    // Without a reader every write fails; that is no reason to end.
    sink.on("error", () => undefined);
    sink.on("drain", () => {
      this.#tellDropped();
    });
  }

  /** Lines dropped since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    this.#batch += line;
    this.#lines += 1;
    if (this.#batch.length >= BATCH_CHARACTERS) this.#handOver();
    else
      this.#timer ??= setTimeout(() => {
        this.#handOver();
      }, BATCH_DELAY_MS);
  }

  /** Calls `done` when all lines are out: at once where the reader keeps up, after half a second where it has stalled. */
  flush(done: () => void): void {
    this.#handOver();
    if (this.sink.writableLength === 0) {
      done();
      return;
    }
    setTimeout(done, FLUSH_MS);
    this.sink.once("drain", done);
  }

  #handOver(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [batch, lines] = [this.#batch, this.#lines];
    this.#batch = "";
    this.#lines = 0;
    if (batch === "") return;
    if (this.sink.writableLength > MAX_BACKLOG_BYTES) this.#dropped += lines;
    else this.sink.write(batch);
  }

  #tellDropped(): void {
    const dropped = this.#dropped - this.#droppedBefore;
    this.#droppedBefore = this.#dropped;
    if (dropped > 0) this.onResume(dropped);
  }
}

/** Counts dropped lines in the exposition. */
export function countDroppedLines(registry: Registry, destination: LogDestination): void {
  new Counter({
    name: "log_lines_dropped_total",
    help: "Lines of the log dropped because nobody read them.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(destination.dropped);
    },
  });
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
