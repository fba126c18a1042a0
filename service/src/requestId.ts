import { randomUUID } from "node:crypto";

const REQUEST_ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/;

/** The caller's id when it is 1 to 64 letters, digits, '.', '_' or '-'; otherwise a new UUID. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && REQUEST_ID.test(header) ? header : randomUUID();
}
