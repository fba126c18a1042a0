/** What Front Door refuses about routes. */
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { each, strings, text } from "../../provider/values";
import { nameOf, ownerIdOf, sameId } from "../ids";
import type { Operation, Refusal } from "../resourceType";
import { enabledOrigins } from "./cdnOrigins";
import { badRequest, ROUTE } from "./cdnParts";

const BOTH = ["Http", "Https"] as const;

export const refuseRoute: readonly Refusal<Operation>[] = [
  refuseEmptyGroup,
  refuseNoDomain,
  refuseProtocols,
  refusePatterns,
  refuseConflict,
];

/** Azure/bicep-types-az#1923: the group is asked for its origins when the route comes. */
function refuseEmptyGroup({ cloud, inputs }: Operation): ProviderError | undefined {
  const group = text(inputs, "originGroup.id");
  if (group === undefined) return badRequest("The property 'originGroup' of a route is required.");
  return enabledOrigins(cloud, group).length > 0
    ? undefined
    : badRequest(
        "Please make sure that the originGroup is created successfully and at least one enabled origin is created " +
          `under the origin group. (${nameOf(group)})`,
      );
}

/** hashicorp/terraform-provider-azurerm#18844 */
function refuseNoDomain({ inputs }: Operation): ProviderError | undefined {
  return isLinked(inputs) || domainsOf(inputs).length > 0
    ? undefined
    : badRequest("A route must be linked to the default domain of its endpoint, or to a custom domain.");
}

/** https://learn.microsoft.com/azure/frontdoor/front-door-url-redirect#http-to-https */
function refuseProtocols({ inputs }: Operation): ProviderError | undefined {
  const protocols = protocolsOf(inputs);
  if (text(inputs, "httpsRedirect") !== "Enabled") return undefined;
  return BOTH.every((protocol) => protocols.includes(protocol))
    ? undefined
    : badRequest(`httpsRedirect requires supportedProtocols Http and Https, got ${protocols.join(", ")}.`);
}

/** https://learn.microsoft.com/azure/frontdoor/front-door-route-matching#path-matching */
function refusePatterns({ inputs }: Operation): ProviderError | undefined {
  const bad = patternsOf(inputs).find((pattern) => !/^\/([^*]*|[^*]*\/\*|\*)$/.test(pattern));
  return bad === undefined
    ? undefined
    : badRequest(
        `The pattern '${bad}' is not valid: a pattern starts with '/', and a '*' may only stand at its end, after '/'.`,
      );
}

/** https://learn.microsoft.com/azure/frontdoor/front-door-route-matching: domain, path and protocol name one route. */
function refuseConflict({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const other = cloud.store
    .list({ type: ROUTE, under: ownerIdOf(id) ?? "" })
    .find((route) => !sameId(route.id, id) && overlap(inputs, route));
  return other === undefined
    ? undefined
    : badRequest(
        `The route's domains, paths and protocols configuration has a conflict with the route '${nameOf(other.id)}'.`,
      );
}

function overlap(inputs: JsonObject, { properties }: CloudRecord): boolean {
  const share = (left: readonly string[], right: readonly string[]): boolean =>
    left.some((item) => right.some((other) => sameId(item, other)));
  const sharesDomain =
    (isLinked(inputs) && isLinked(properties)) || share(domainsOf(inputs), domainsOf(properties));
  return (
    sharesDomain &&
    share(patternsOf(inputs), patternsOf(properties)) &&
    share(protocolsOf(inputs), protocolsOf(properties))
  );
}

function isLinked(route: JsonObject): boolean {
  return text(route, "linkToDefaultDomain") === "Enabled";
}

function domainsOf(route: JsonObject): string[] {
  return each(route, "customDomains[].id").filter((id) => typeof id === "string");
}

function patternsOf(route: JsonObject): string[] {
  const given = strings(route, "patternsToMatch");
  return given.length > 0 ? given : ["/*"];
}

function protocolsOf(route: JsonObject): string[] {
  const given = strings(route, "supportedProtocols");
  return given.length > 0 ? given : [...BOTH];
}
