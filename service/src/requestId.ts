const REQUEST_ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/;

/** The caller's id when it is 1 to 64 letters, digits, '.', '_' or '-'. Without one, a request goes by its trace's id. */
export function requestIdFrom(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" && REQUEST_ID.test(header) ? header : undefined;
}
