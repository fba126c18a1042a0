/** Server parameters of PostgreSQL whose values Azure checks (https://learn.microsoft.com/azure/postgresql/server-parameters). */
export interface Parameter {
  readonly dataType: "Boolean" | "Enumeration" | "Integer" | "Set" | "String";
  /** As Azure shows it: values with commas between them, or a range. */
  readonly allowed: string;
  /** What it is where nobody sets it. */
  readonly standard: string;
  /** Where `allowed` is no plain list. */
  readonly pattern?: RegExp;
  /** Counts after a restart. */
  readonly isStatic?: boolean;
  readonly unit?: string;
}

const SWITCH = { dataType: "Boolean", allowed: "on,off" } as const;
const LEVELS = "debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic";

function range(standard: string, allowed: string, unit = ""): Parameter {
  return { dataType: "Integer", allowed, standard, pattern: /^-?\d+$/, unit };
}

export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  require_secure_transport: { ...SWITCH, standard: "on" },
  ssl_min_protocol_version: { dataType: "Enumeration", allowed: "TLSv1.2,TLSv1.3", standard: "TLSv1.2" },
  ssl_max_protocol_version: { dataType: "Enumeration", allowed: ",TLSv1.2,TLSv1.3", standard: "" },
  log_checkpoints: { ...SWITCH, standard: "on" },
  log_connections: { ...SWITCH, standard: "on" },
  log_disconnections: { ...SWITCH, standard: "on" },
  log_lock_waits: { ...SWITCH, standard: "off" },
  log_duration: { ...SWITCH, standard: "off" },
  log_statement: { dataType: "Enumeration", allowed: "none,ddl,mod,all", standard: "none" },
  log_min_messages: { dataType: "Enumeration", allowed: LEVELS, standard: "warning" },
  log_min_duration_statement: range("-1", "-1-2147483647", "ms"),
  "logfiles.retention_days": range("3", "1-7"),
  "logfiles.download_enable": { ...SWITCH, standard: "off" },
  "connection_throttle.enable": { ...SWITCH, standard: "off" },
  "pgbouncer.enabled": { dataType: "Boolean", allowed: "true,false", standard: "false" },
  "pgaudit.log": {
    dataType: "Set",
    allowed: "none,read,write,function,role,ddl,misc,all",
    standard: "none",
    pattern:
      /^(none|-?(read|write|function|role|ddl|misc|misc_set|all))(,\s*-?(read|write|function|role|ddl|misc|misc_set|all))*$/i,
  },
  "pg_qs.query_capture_mode": { dataType: "Enumeration", allowed: "none,top,all", standard: "none" },
  password_encryption: { dataType: "Enumeration", allowed: "md5,scram-sha-256", standard: "scram-sha-256" },
  row_security: { ...SWITCH, standard: "on" },
  max_connections: { ...range("859", "25-5000"), isStatic: true },
  shared_preload_libraries: {
    dataType: "Set",
    allowed: "extensions",
    standard: "",
    pattern: /^[\w,]*$/,
    isStatic: true,
  },
  "azure.extensions": { dataType: "Set", allowed: "extensions", standard: "", pattern: /^[\w,\s-]*$/ },
};
