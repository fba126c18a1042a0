import { randomBytes } from "node:crypto";

/** Where one request stands in a distributed trace: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits: the caller's, or a new one when the caller sent none that is valid. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this request's own span. */
  readonly spanId: string;
  /** 2 hexadecimal digits; the last bit says that the caller samples the trace. */
  readonly flags: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);
const NOT_SAMPLED = "00";

const POOL_BYTES = 4096;
let pool = "";
let used = 0;

/** Random hexadecimal digits, an even number of them; taken from a pool, for asking the system each time is slow. */
function randomHex(digits: number): string {
  if (used + digits > pool.length) {
    pool = randomBytes(POOL_BYTES).toString("hex");
    used = 0;
  }
  used += digits;
  return pool.slice(used - digits, used);
}

/**
 * A new span: a child of the one that the header names, or the first of a new trace when the header is absent or
 * malformed (a later version than 00 may append fields).
 */
export function continueTrace(header: string | readonly string[] | undefined): TraceContext {
  const match = typeof header === "string" ? TRACEPARENT.exec(header) : null;
  if (match !== null) {
    const [, version = "", traceId = "", parentId, flags = "", more] = match;
    const known = version !== "ff" && !(version === "00" && more !== undefined);
    if (known && traceId !== NO_TRACE && parentId !== NO_SPAN) {
      return { traceId, spanId: randomHex(16), flags: version === "00" ? flags : onlySampled(flags) };
    }
  }
  return { traceId: randomHex(32), spanId: randomHex(16), flags: NOT_SAMPLED };
}

/** Of a later version's flags only the first is known, and the others are not passed on. */
function onlySampled(flags: string): string {
  return Number.parseInt(flags, 16) % 2 === 1 ? "01" : NOT_SAMPLED;
}

/** The header for outgoing calls and for the response. */
export function traceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
