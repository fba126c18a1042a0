import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadConfig } from "../../service/src/config";
import { ConfigError } from "../../service/src/environment";

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("an empty environment gives the documented defaults", () => {
  const manifest = JSON.parse(readFileSync("service/package.json", "utf8")) as { version: string };
  const defaults = {
    port: 8080,
    healthPort: undefined,
    host: "0.0.0.0",
    logLevel: "info",
    version: manifest.version,
    commit: "unknown",
    region: undefined,
    frontDoorId: undefined,
    strictTransport: false,
    shutdownDelayMs: 10_000,
    shutdownTimeoutMs: 25_000,
    admission: { maxConnections: 2000, maxInFlight: 1000, maxQueueDelayMs: 250 },
    data: undefined,
  };
  expect(loadConfig({})).toEqual(defaults);
  expect(loadConfig({ PORT: "", LOG_LEVEL: "", APP_VERSION: "" })).toEqual(defaults);
});

test("every variable is read", () => {
  expect(
    loadConfig({
      PORT: "0",
      HEALTH_PORT: "8081",
      HOST: "::1",
      LOG_LEVEL: "warn",
      APP_VERSION: "2.0.0-rc.1+7",
      GIT_SHA: "4439f40",
      REGION: "westus2",
      FRONT_DOOR_ID: "0A1B2C3D-0000-4000-8000-00000000ABCD",
      STRICT_TRANSPORT_SECURITY: "on",
      SHUTDOWN_DELAY_SECONDS: "0.25",
      SHUTDOWN_TIMEOUT_SECONDS: "30",
      MAX_CONNECTIONS: "300",
      MAX_IN_FLIGHT: "20",
      MAX_QUEUE_DELAY_MS: "100",
      PGHOST: "db.example",
      PGPORT: "6432",
      PGDATABASE: "things",
      PGUSER: "id-api",
      PGSSLMODE: "verify-full",
      REDIS_HOST: "cache.example",
      REDIS_PORT: "6380",
      REDIS_TLS: "off",
      AZURE_FEDERATED_TOKEN_FILE: "/var/run/token",
      AZURE_CLIENT_ID: "0a1b2c3d-0000-4000-8000-00000000abcd",
      AZURE_TENANT_ID: "0a1b2c3d-0000-4000-8000-00000000abce",
      UNRELATED: "x",
    }),
  ).toEqual({
    port: 0,
    healthPort: 8081,
    host: "::1",
    logLevel: "warn",
    version: "2.0.0-rc.1+7",
    commit: "4439f40",
    region: "westus2",
    frontDoorId: "0a1b2c3d-0000-4000-8000-00000000abcd",
    strictTransport: true,
    shutdownDelayMs: 250,
    shutdownTimeoutMs: 30_000,
    admission: { maxConnections: 300, maxInFlight: 20, maxQueueDelayMs: 100 },
    data: {
      postgresql: { host: "db.example", port: 6432, database: "things", user: "id-api", tls: true },
      redis: { host: "cache.example", port: 6380, tls: false },
      identity: {
        tokenFile: "/var/run/token",
        clientId: "0a1b2c3d-0000-4000-8000-00000000abcd",
        tenantId: "0a1b2c3d-0000-4000-8000-00000000abce",
        authorityHost: "https://login.microsoftonline.com/",
      },
    },
  });
});

test.each([
  ["PORT", "abc", "an integer from 0 to 65535", "8080"],
  ["PORT", "65536", "an integer from 0 to 65535", "8080"],
  ["PORT", "-1", "an integer from 0 to 65535", "8080"],
  ["PORT", "80.5", "an integer from 0 to 65535", "8080"],
  ["PORT", "0x50", "an integer from 0 to 65535", "8080"],
  ["MAX_IN_FLIGHT", "0", "an integer from 1 to 100000", "1000"],
  ["HOST", "a b", "an IP address or a host name", '"0.0.0.0"'],
  ["LOG_LEVEL", "INFO", "one of fatal, error, warn, info, debug, trace, silent", '"info"'],
  ["GIT_SHA", "a\nb", "1 to 128 letters, digits", '"unknown"'],
  ["APP_VERSION", "v".repeat(129), "1 to 128 letters, digits", '"0.1.0"'],
  ["SHUTDOWN_DELAY_SECONDS", "1e1", "seconds from 0 to 3600", "10"],
  ["SHUTDOWN_TIMEOUT_SECONDS", "3601", "seconds from 0 to 3600", "25"],
])("fails on %s=%j, saying what, got, allowed and fix", (name, value, allowed, fallback) => {
  const problems = problemsOf({ [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${name}: got ${JSON.stringify(value)}; allowed: ${allowed}`);
  expect(problems[0]).toContain(`fix: correct it, or unset it to get ${fallback}.`);
});

test("an id of a Front Door that is none stops the start: nobody would be refused", () => {
  expect(problemsOf({ FRONT_DOOR_ID: "my-front-door" })).toEqual([
    'FRONT_DOOR_ID: got "my-front-door"; allowed: a GUID; fix: correct it, or unset it.',
  ]);
});

test("one port is not for both, or each would refuse the other's start", () => {
  expect(problemsOf({ HEALTH_PORT: "8080" })).toEqual([
    "HEALTH_PORT: got 8080; allowed: another port than PORT; fix: change one of them, or unset it.",
  ]);
});

test.each([
  ["25", undefined],
  ["5", "5"],
])("fails when the timeout does not exceed the delay (%s and %s)", (delay, timeout) => {
  const problems = problemsOf({
    SHUTDOWN_DELAY_SECONDS: delay,
    ...(timeout === undefined ? {} : { SHUTDOWN_TIMEOUT_SECONDS: timeout }),
  });
  expect(problems).toEqual([
    `SHUTDOWN_TIMEOUT_SECONDS: got ${delay}; allowed: more than SHUTDOWN_DELAY_SECONDS, which is ${delay}; ` +
      "fix: raise the timeout or lower the delay.",
  ]);
});

test("reports all faults at once", () => {
  const problems = problemsOf({ PORT: "x", LOG_LEVEL: "loud", SHUTDOWN_DELAY_SECONDS: "soon" });
  expect(problems.map((problem) => problem.split(":")[0])).toEqual([
    "PORT",
    "LOG_LEVEL",
    "SHUTDOWN_DELAY_SECONDS",
  ]);
});

test.each([
  [{ PGSSLMODE: "prefer" }, "PGSSLMODE", "one of verify-full, disable"],
  [{ REDIS_HOST: "a b" }, "REDIS_HOST", "an IP address or a host name"],
  [{ AZURE_FEDERATED_TOKEN_FILE: "/token", AZURE_CLIENT_ID: "" }, "AZURE_CLIENT_ID", "a value"],
  [
    { AZURE_FEDERATED_TOKEN_FILE: "/token", AZURE_AUTHORITY_HOST: "http://login.example/" },
    "AZURE_AUTHORITY_HOST",
    "an https URL",
  ],
])("a data tier with %j stops the start", (variables, name, allowed) => {
  const ids = { AZURE_CLIENT_ID: randomUUID(), AZURE_TENANT_ID: randomUUID() };
  const problems = problemsOf({ PGHOST: "db.example", ...ids, ...variables });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${name}: got .*; allowed: ${allowed}`));
});
