/** Rules that the definitions of Gateway API objects hold (kubernetes-sigs/gateway-api, apis/v1: the markers of each field). */
import type { Field } from "./field";
import { dnsSubdomain } from "./syntax";

const FILTERS = [
  "CORS",
  "ExtensionRef",
  "RequestHeaderModifier",
  "RequestMirror",
  "RequestRedirect",
  "ResponseHeaderModifier",
  "URLRewrite",
];

export function validateGateway(gateway: Field): void {
  const listeners = gateway.child("spec", "listeners");
  if (listeners.isEmpty) listeners.invalid("spec.listeners should have at least 1 items", 0);
  const taken = new Set<string>();
  for (const listener of listeners.items) {
    const [name, port, protocol] = [
      listener.child("name"),
      listener.child("port"),
      listener.child("protocol"),
    ];
    name.follows(dnsSubdomain);
    port.within(1, 65535);
    const place = `${port.number ?? 0}/${protocol.text}/${listener.child("hostname").text}`;
    for (const key of [`name ${name.text}`, place]) {
      if (taken.has(key))
        listener.invalid("listener name, and the combination of port, protocol and hostname must be unique");
      taken.add(key);
    }
    const tls = listener.child("tls");
    if (protocol.text === "HTTP" && tls.isSet) tls.invalid("tls must not be specified for protocol HTTP");
    if (protocol.text === "HTTPS" && !tls.isSet) tls.required("tls must be specified for protocol HTTPS");
  }
}

export function validateRoute(route: Field): void {
  for (const rule of route.child("spec", "rules").items) {
    for (const match of rule.child("matches").items) validatePath(match.child("path"));
    for (const filter of rule.child("filters").items) filter.child("type").oneOf(FILTERS);
    for (const backend of rule.child("backendRefs").items) {
      backend.child("port").within(1, 65535);
      backend.child("weight").atLeastZero();
    }
  }
}

function validatePath(path: Field): void {
  const [type, value] = [path.child("type"), path.child("value")];
  if (type.isSet) type.oneOf(["Exact", "PathPrefix", "RegularExpression"]);
  if (type.text === "RegularExpression" || !value.isSet || value.text.startsWith("/")) return;
  value.as(path.path).invalid("value must be an absolute path and start with '/'");
}
