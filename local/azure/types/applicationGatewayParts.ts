/** The parts of an application gateway, and what they refer to among each other. */
import type { Json, JsonObject, ProviderError } from "../../provider/backend";
import { isObject, objects, text } from "../../provider/values";
import { isWithin } from "../ids";
import { refuseDuplicateNames } from "../networkParts";
import { refusal, type Operation } from "../resourceType";

/** Inputs that list parts with names of their own. */
export const COLLECTIONS = [
  "authenticationCertificates",
  "backendAddressPools",
  "backendHttpSettingsCollection",
  "backendSettingsCollection",
  "frontendIPConfigurations",
  "frontendPorts",
  "gatewayIPConfigurations",
  "httpListeners",
  "listeners",
  "loadDistributionPolicies",
  "privateLinkConfigurations",
  "probes",
  "redirectConfigurations",
  "requestRoutingRules",
  "rewriteRuleSets",
  "routingRules",
  "sslCertificates",
  "sslProfiles",
  "trustedClientCertificates",
  "trustedRootCertificates",
  "urlPathMaps",
] as const;

const SELF = "$self";

/** azure-native puts the gateway's own id in place of `$self` before it sends the body. */
export function resolveSelf(value: JsonObject, id: string): JsonObject;
export function resolveSelf(value: Json, id: string): Json;
export function resolveSelf(value: Json, id: string): Json {
  if (typeof value === "string") return value.startsWith(`${SELF}/`) ? id + value.slice(SELF.length) : value;
  if (Array.isArray(value)) return value.map((item) => resolveSelf(item, id));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveSelf(item, id)]));
}

/** Every id that names a part of this gateway must name one that the body has. */
export function refuseParts({ id, inputs }: Operation): ProviderError | undefined {
  const known = new Set<string>();
  for (const key of COLLECTIONS) {
    const parts = objects(inputs, key);
    const twice = refuseDuplicateNames(id, parts);
    if (twice !== undefined) return twice;
    for (const part of parts) known.add(`${id}/${key}/${text(part, "name") ?? ""}`.toLowerCase());
  }
  for (const key of COLLECTIONS) {
    for (const part of objects(inputs, key)) {
      const owner = `${id}/${key}/${text(part, "name") ?? ""}`;
      // A part's own id may be given along; it refers to nothing.
      const references = idsIn(resolveSelf({ ...part, id: "" }, id)).filter((found) => isWithin(found, id));
      const missing = references.find((reference) => !isKnown(known, reference));
      if (missing !== undefined) return invalidReference(missing, owner);
    }
  }
  return undefined;
}

/** A path rule is a part of its map: `urlPathMaps/map/pathRules/rule`. */
function isKnown(known: ReadonlySet<string>, reference: string): boolean {
  return known.has(reference.toLowerCase().replace(/\/pathrules\/[^/]+$/, ""));
}

function idsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "id" && typeof item === "string" ? [item] : idsIn(item),
  );
}

function invalidReference(reference: string, owner: string): ProviderError {
  return refusal(
    "InvalidResourceReference",
    `Resource ${reference} referenced by resource ${owner} was not found. Please make sure that the referenced ` +
      "resource exists, and that both resources are in the same region.",
  );
}
