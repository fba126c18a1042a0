import type { DataSettings } from "./data/dataTier";
import type { EnvironmentReader } from "./environment";

const HOST = /^[0-9A-Za-z.:_-]{1,253}$/;
const HOST_ALLOWED = "an IP address or a host name";
const NAME = /^[^\u0000-\u001f]{1,63}$/;
const NAME_ALLOWED = "1 to 63 characters";

/**
 * The data tier's settings: `PGHOST`, `PGPORT`, `PGDATABASE`, `PGUSER`, `PGSSLMODE`, `REDIS_HOST`, `REDIS_PORT`,
 * `REDIS_TLS`, as the platform sets them, and what the workload identity webhook adds. Undefined without `PGHOST`.
 */
export function readDataSettings(reader: EnvironmentReader): DataSettings | undefined {
  const host = reader.matching("PGHOST", undefined, HOST, HOST_ALLOWED);
  if (host === undefined) return undefined;
  return {
    postgresql: {
      host,
      port: reader.integer("PGPORT", 5432, 1, 65_535),
      database: reader.matching("PGDATABASE", "items", NAME, NAME_ALLOWED),
      user: reader.matching("PGUSER", "api", /^[^\u0000-\u001f]{1,128}$/, "1 to 128 characters"),
      tls: reader.oneOf("PGSSLMODE", "verify-full", ["verify-full", "disable"]) === "verify-full",
    },
    redis: readRedis(reader),
    identity: readIdentity(reader),
  };
}

function readRedis(reader: EnvironmentReader): DataSettings["redis"] {
  const host = reader.matching("REDIS_HOST", undefined, HOST, HOST_ALLOWED);
  if (host === undefined) return undefined;
  return {
    host,
    port: reader.integer("REDIS_PORT", 10_000, 1, 65_535),
    tls: reader.oneOf("REDIS_TLS", "on", ["on", "off"]) === "on",
  };
}

/** A URL that a token may be sent to: HTTPS, or HTTP within the machine. */
function isAuthority(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname));
}

function readIdentity(reader: EnvironmentReader): DataSettings["identity"] {
  const tokenFile = reader.matching("AZURE_FEDERATED_TOKEN_FILE", undefined, /^\//, "an absolute path");
  if (tokenFile === undefined) return undefined;
  return {
    tokenFile,
    clientId: reader.required("AZURE_CLIENT_ID", reader.guid("AZURE_CLIENT_ID")),
    tenantId: reader.required("AZURE_TENANT_ID", reader.guid("AZURE_TENANT_ID")),
    authorityHost: reader.read(
      "AZURE_AUTHORITY_HOST",
      "https://login.microsoftonline.com/",
      "an https URL",
      (text) => (isAuthority(text) ? text : undefined),
    ),
  };
}
