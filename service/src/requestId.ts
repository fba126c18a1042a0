import { randomUUID } from "node:crypto";

const REQUEST_ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/;
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** The caller's id when it is 1 to 64 letters, digits, '.', '_' or '-'; otherwise a new UUID. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && REQUEST_ID.test(header) ? header : randomUUID();
}

/**
 * The trace id of a W3C `traceparent` header, or undefined when the header is absent or invalid.
 * Source: https://www.w3.org/TR/trace-context/#traceparent-header (a later version than 00 may append fields).
 */
export function traceIdFrom(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== "string") return undefined;
  const match = TRACEPARENT.exec(header);
  if (match === null) return undefined;
  const [, version, traceId, parentId, more] = match;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (traceId === "0".repeat(32) || parentId === "0".repeat(16)) return undefined;
  return traceId;
}
