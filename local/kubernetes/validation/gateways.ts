/** Rules that the definitions of Gateway API objects hold (kubernetes-sigs/gateway-api, apis/v1: the markers of each field). */
import { specOf, type Listener, type RouteSpec } from "../gateway/objects";
import type { KubeObject } from "../types";
import { entries, isPresent, type Issues } from "./issues";
import * as syntax from "./syntax";

interface TlsListener extends Listener {
  readonly tls?: unknown;
}

interface RouteRules extends RouteSpec {
  readonly rules?: readonly {
    readonly backendRefs?: readonly {
      readonly name: string;
      readonly port?: number;
      readonly weight?: number;
    }[];
    readonly matches?: readonly { readonly path?: { readonly type?: string; readonly value?: string } }[];
    readonly filters?: readonly { readonly type: string }[];
  }[];
}

const FILTERS = [
  "CORS",
  "ExtensionRef",
  "RequestHeaderModifier",
  "RequestMirror",
  "RequestRedirect",
  "ResponseHeaderModifier",
  "URLRewrite",
];

export function validateGateway(object: KubeObject, issues: Issues): void {
  const spec = specOf(object) as { readonly listeners: readonly TlsListener[] };
  if (!isPresent(spec)) return;
  const listeners = entries("spec.listeners", spec.listeners);
  if (listeners.length === 0)
    issues.add("spec.listeners", "Invalid value: 0: spec.listeners should have at least 1 items");
  const taken = new Set<string>();
  for (const [at, { name, port, protocol, hostname = "", tls }] of listeners) {
    issues.text(`${at}.name`, name, syntax.dnsSubdomain);
    issues.problem(`${at}.port`, syntax.portNumber(port));
    for (const key of [`name ${name}`, `${port}/${protocol}/${hostname}`]) {
      if (taken.has(key))
        issues.add(
          at,
          "Invalid value: listener name, and the combination of port, protocol and hostname must be unique",
        );
      taken.add(key);
    }
    if (protocol === "HTTP" && tls !== undefined)
      issues.add(`${at}.tls`, "Invalid value: tls must not be specified for protocol HTTP");
    if (protocol === "HTTPS" && tls === undefined)
      issues.add(`${at}.tls`, "Required value: tls must be specified for protocol HTTPS");
  }
}

export function validateRoute(object: KubeObject, issues: Issues): void {
  for (const [at, rule] of entries("spec.rules", (specOf(object) as RouteRules | undefined)?.rules)) {
    for (const [place, match] of entries(`${at}.matches`, rule.matches)) {
      const { type = "PathPrefix", value = "/" } = match.path ?? {};
      issues.text(`${place}.path.type`, type, syntax.oneOf("Exact", "PathPrefix", "RegularExpression"));
      if (type !== "RegularExpression" && !value.startsWith("/")) {
        issues.add(
          `${place}.path`,
          `Invalid value: ${JSON.stringify(value)}: value must be an absolute path and start with '/'`,
        );
      }
    }
    for (const [place, filter] of entries(`${at}.filters`, rule.filters)) {
      issues.text(`${place}.type`, filter.type, syntax.oneOf(...FILTERS));
    }
    for (const [place, { port, weight }] of entries(`${at}.backendRefs`, rule.backendRefs)) {
      if (port !== undefined) issues.problem(`${place}.port`, syntax.portNumber(port));
      issues.atLeast(`${place}.weight`, weight, 0);
    }
  }
}
