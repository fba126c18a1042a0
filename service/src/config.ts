import { readFileSync } from "node:fs";
import path from "node:path";
import type { AdmissionLimits } from "./admission";
import type { DataSettings } from "./data/dataTier";
import { readDataSettings } from "./dataConfig";
import { ConfigError, type Environment, EnvironmentReader } from "./environment";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the API reads from its environment, parsed once at the start. */
export interface Config {
  /**
   * TCP port to listen on; 0 asks the operating system for a free one. `PORT`
   * @default 8080
   */
  readonly port: number;
  /**
   * TCP port for machines and operators: probes, however many connections the other has, and metrics, version and status,
   * which the other then does not answer. `HEALTH_PORT`
   * @default undefined: there is none, and `port` answers all
   */
  readonly healthPort: number | undefined;
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
   * Whether clients reach the API over TLS alone, and are told to stay with it. `STRICT_TRANSPORT_SECURITY`
   * @default false
   */
  readonly strictTransport: boolean;
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
  /** When requests are refused because there are too many. */
  readonly admission: AdmissionLimits;
  /** Where the data tier is; undefined where the deployment has none. */
  readonly data: DataSettings | undefined;
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
  const port = reader.integer("PORT", 8080, 0, 65_535);
  const healthPort = reader.integer("HEALTH_PORT", undefined, 1, 65_535);
  if (healthPort === port) {
    reader.problems.push(
      `HEALTH_PORT: got ${healthPort}; allowed: another port than PORT; fix: change one of them, or unset it.`,
    );
  }
  const host = reader.matching("HOST", "0.0.0.0", /^[0-9A-Za-z.:_-]{1,253}$/, "an IP address or a host name");
  const logLevel = reader.oneOf("LOG_LEVEL", "info", LOG_LEVELS);
  const version = reader.label("APP_VERSION", packageVersion());
  const commit = reader.label("GIT_SHA", "unknown");
  const region = reader.label("REGION", undefined);
  const frontDoorId = reader.guid("FRONT_DOOR_ID");
  const strictTransport = reader.oneOf("STRICT_TRANSPORT_SECURITY", "off", ["on", "off"]) === "on";
  const admission = {
    maxConnections: reader.integer("MAX_CONNECTIONS", 2000, 1, 100_000),
    maxInFlight: reader.integer("MAX_IN_FLIGHT", 1000, 1, 100_000),
    maxQueueDelayMs: reader.integer("MAX_QUEUE_DELAY_MS", 250, 1, 60_000),
  };
  const data = readDataSettings(reader);
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
    healthPort,
    host,
    logLevel,
    version,
    commit,
    region,
    frontDoorId,
    strictTransport,
    shutdownDelayMs: delay * 1000,
    shutdownTimeoutMs: timeout * 1000,
    admission,
    data,
  };
}
