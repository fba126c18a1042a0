import { readFileSync } from "node:fs";
import path from "node:path";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Environment variables as the process receives them. A variable that is set but empty counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything the API reads from its environment, parsed once at the start. */
export interface Config {
  /**
   * TCP port to listen on; 0 asks the operating system for a free one. `PORT`
   * @default 8080
   */
  readonly port: number;
  /**
   * Address to bind. `HOST`
   * @default "0.0.0.0"
   */
  readonly host: string;
  /**
   * Least severe level that is written. `LOG_LEVEL`
   * @default "info"
   */
  readonly logLevel: LogLevel;
  /**
   * Version shown by `/version`, in the logs and in `api_build_info`. `APP_VERSION`
   * @default the version in package.json
   */
  readonly version: string;
  /**
   * Git commit that the build came from. `GIT_SHA`
   * @default "unknown"
   */
  readonly commit: string;
  /**
   * Region of the cloud that the process runs in, shown by `/version`. `REGION`
   * @default undefined
   */
  readonly region: string | undefined;
  /**
   * Id of the Azure Front Door that requests must have come through, in lower case; all others are refused.
   * `FRONT_DOOR_ID`
   * @default undefined, which answers everyone
   */
  readonly frontDoorId: string | undefined;
  /**
   * Milliseconds for which a stopping process still serves while `/readyz` says 503. Has to be at least one
   * period of the readiness probe, so that no load balancer still sends requests when the listener closes.
   * `SHUTDOWN_DELAY_SECONDS`
   * @default 10000
   */
  readonly shutdownDelayMs: number;
  /**
   * Milliseconds from the signal to a forced exit with code 1. Has to be longer than the delay and shorter than
   * the pod's `terminationGracePeriodSeconds`. `SHUTDOWN_TIMEOUT_SECONDS`
   * @default 25000
   */
  readonly shutdownTimeoutMs: number;
}

/** The environment is unusable; `problems` holds one sentence for each fault, all of them at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      ["The environment of the API is invalid:", ...problems.map((problem) => `  ${problem}`)].join("\n"),
    );
    this.name = "ConfigError";
  }
}

const MAX_SHUTDOWN_SECONDS = 3600;
const LABEL = /^[0-9A-Za-z][0-9A-Za-z._+-]{0,127}$/;
const LABEL_ALLOWED = "1 to 128 letters, digits, '.', '_', '+' or '-', starting with a letter or digit";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads variables one by one and gathers the faults instead of stopping at the first. */
class EnvironmentReader {
  readonly problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** The value that `parse` makes of the variable; the default when it is unset, or when it is refused. */
  read<T>(name: string, fallback: T, allowed: string, parse: (text: string) => T | undefined): T {
    const text = this.environment[name];
    if (text === undefined || text === "") return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    this.problems.push(
      `${name}: got ${JSON.stringify(text)}; allowed: ${allowed}; ` +
        `fix: correct it, or unset it${fallback === undefined ? "" : ` to get ${JSON.stringify(fallback)}`}.`,
    );
    return fallback;
  }

  label<T extends string | undefined>(name: string, fallback: T): string | T {
    return this.read<string | T>(name, fallback, LABEL_ALLOWED, (text) =>
      LABEL.test(text) ? text : undefined,
    );
  }

  guid(name: string): string | undefined {
    return this.read<string | undefined>(name, undefined, "a GUID", (text) =>
      GUID.test(text) ? text.toLowerCase() : undefined,
    );
  }

  seconds(name: string, fallback: number): number {
    return this.read(name, fallback, `seconds from 0 to ${MAX_SHUTDOWN_SECONDS}`, (text) => {
      if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
      return Number(text) <= MAX_SHUTDOWN_SECONDS ? Number(text) : undefined;
    });
  }
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(__dirname, "..", "package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    if (typeof manifest.version === "string") return manifest.version;
  }
  throw new Error("package.json of the API has no version; give it one.");
}

/**
 * Parses the environment.
 *
 * @throws {ConfigError} with every fault found, when there is one.
 */
export function loadConfig(environment: Environment): Config {
  const reader = new EnvironmentReader(environment);
  const port = reader.read("PORT", 8080, "an integer from 0 to 65535", parsePort);
  const host = reader.read("HOST", "0.0.0.0", "an IP address or a host name", (text) =>
    /^[0-9A-Za-z.:_-]{1,253}$/.test(text) ? text : undefined,
  );
  const logLevel = reader.read<LogLevel>("LOG_LEVEL", "info", `one of ${LOG_LEVELS.join(", ")}`, (text) =>
    LOG_LEVELS.find((level) => level === text),
  );
  const version = reader.label("APP_VERSION", packageVersion());
  const commit = reader.label("GIT_SHA", "unknown");
  const region = reader.label("REGION", undefined);
  const frontDoorId = reader.guid("FRONT_DOOR_ID");
  const delay = reader.seconds("SHUTDOWN_DELAY_SECONDS", 10);
  const timeout = reader.seconds("SHUTDOWN_TIMEOUT_SECONDS", 25);
  if (timeout <= delay) {
    reader.problems.push(
      `SHUTDOWN_TIMEOUT_SECONDS: got ${timeout}; allowed: more than SHUTDOWN_DELAY_SECONDS, which is ${delay}; ` +
        `fix: raise the timeout or lower the delay.`,
    );
  }
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return {
    port,
    host,
    logLevel,
    version,
    commit,
    region,
    frontDoorId,
    shutdownDelayMs: delay * 1000,
    shutdownTimeoutMs: timeout * 1000,
  };
}
