import type { IncomingMessage } from "node:http";

/** `uri-host [ ":" port ]`, or nothing: https://www.rfc-editor.org/rfc/rfc9110#section-7.2 */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

/** Most requests ask for the same host. */
let lastValidHost: string | undefined;

function isValidHost(host: string): boolean {
  if (host === lastValidHost) return true;
  if (!HOST.test(host)) return false;
  lastValidHost = host;
  return true;
}

/** `headers` has only the first of several; https://nodejs.org/api/http.html#messageheaders */
function hostsIn({ rawHeaders }: IncomingMessage): number {
  let hosts = 0;
  for (let name = 0; name < rawHeaders.length; name += 2) {
    const text = rawHeaders[name] ?? "";
    if (text.length === 4 && text.toLowerCase() === "host") hosts += 1;
  }
  return hosts;
}

/**
 * What makes a request that the parser of Node.js lets through invalid HTTP; undefined where nothing does. Node.js itself
 * would answer a request without a host, but not name it, and takes the first of two hosts: a proxy may take the second.
 */
export function faultOf(request: IncomingMessage): string | undefined {
  const { host, "transfer-encoding": encoding } = request.headers;
  const hosts = hostsIn(request);
  if (hosts > 1) return "The request has more than one Host.";
  if (hosts === 0 && request.httpVersion === "1.1") return "The request has no Host.";
  if (host !== undefined && !isValidHost(host)) return "The request's Host is not a host.";
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked") {
    return "The request's Transfer-Encoding is not supported. Send it as chunked, or with a Content-Length.";
  }
  return undefined;
}

/** Whether a request says that it has a body. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = headers;
  return encoding !== undefined || (length !== undefined && Number(length) > 0);
}
