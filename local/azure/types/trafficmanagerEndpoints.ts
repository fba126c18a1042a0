/** Endpoints of Traffic Manager profiles: where they lead to, and what Azure refuses about them. */
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { list, number, objects, text } from "../../provider/values";
import { armTypeOf, nameOf, ownerIdOf, sameId } from "../ids";
import type { AzureCloud, Operation } from "../resourceType";
import { badRequest, refuseRange } from "./cdnParts";

export const TRAFFIC_PROFILE = "Microsoft.Network/trafficManagerProfiles";

/** Endpoints of all types are kept under this one; `live` tells their own. */
export const TRAFFIC_ENDPOINT = `${TRAFFIC_PROFILE}/azureEndpoints`;

const ENDPOINT_TYPES = ["AzureEndpoints", "ExternalEndpoints", "NestedEndpoints"];

/** The type of an endpoint is the last but one segment of its id. */
export function kindOf(endpointId: string): string {
  return endpointId.split("/").at(-2) ?? "";
}

export function endpointsOf(cloud: AzureCloud, profileId: string): CloudRecord[] {
  return cloud.store.list({ type: TRAFFIC_ENDPOINT, under: profileId });
}

export function refuseInlineEndpoints(operation: Operation): ProviderError | undefined {
  for (const inputs of objects(operation.inputs, "endpoints")) {
    const id = inlineId(operation, inputs);
    const found = refuseEndpoint({ ...operation, id, inputs }, operation.inputs, kindOf(id));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-endpoint-types */
export function refuseEndpoint(
  operation: Operation,
  profile: JsonObject,
  kind: string,
): ProviderError | undefined {
  const { cloud, id, inputs } = operation;
  const name = nameOf(id);
  const type = ENDPOINT_TYPES.find((entry) => sameId(entry, kind));
  if (type === undefined) {
    return badRequest(`The endpoint type '${kind}' is not valid. Allowed: ${ENDPOINT_TYPES.join(", ")}.`);
  }
  const target = text(inputs, "targetResourceId");
  if ((type === "ExternalEndpoints") === (target !== undefined)) {
    return badRequest(
      `The 'resourceTarget' property of endpoint '${name}' is invalid or missing. The property must be specified ` +
        "only for the following endpoint types: AzureEndpoints, NestedEndpoints. You must have read access to the " +
        "resource to which it refers.",
    );
  }
  const host = target === undefined ? text(inputs, "target") : hostOf(cloud, inputs);
  if (host === undefined || host === "") {
    return badRequest(
      `The 'target' property of endpoint '${name}' is invalid or missing: ` +
        (target === undefined ? "an external endpoint needs a host name." : `${target} has no DNS name.`),
    );
  }
  return refuseRouting(inputs, profile, type, name) ?? refuseSameTarget(operation, host);
}

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-routing-methods */
function refuseRouting(
  inputs: JsonObject,
  profile: JsonObject,
  type: string,
  name: string,
): ProviderError | undefined {
  const method = text(profile, "trafficRoutingMethod");
  if (
    method === "Performance" &&
    type !== "AzureEndpoints" &&
    text(inputs, "endpointLocation") === undefined
  ) {
    return badRequest(
      `The 'endpointLocation' property of endpoint '${name}' is not specified. This property must be specified when ` +
        "the routing method is Performance.",
    );
  }
  if (method === "Geographic" && list(inputs, "geoMapping").length === 0) {
    return badRequest(`The 'geoMapping' property of endpoint '${name}' is not specified.`);
  }
  return (
    refuseRange("weight", number(inputs, "weight"), 1, 1000) ??
    refuseRange("priority", number(inputs, "priority"), 1, 1000)
  );
}

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-faqs: a target stands in a profile once. */
function refuseSameTarget({ cloud, id }: Operation, host: string): ProviderError | undefined {
  const other = endpointsOf(cloud, ownerIdOf(id) ?? "").find(
    (endpoint) => !sameId(endpoint.id, id) && sameId(text(endpoint.properties, "target") ?? "", host),
  );
  return other === undefined
    ? undefined
    : badRequest(`The endpoint '${nameOf(other.id)}' of the profile has the target ${host} already.`);
}

/** DNS name of the resource behind an endpoint: a public address with a label, another profile, a web app. */
export function hostOf(cloud: AzureCloud, inputs: JsonObject): string | undefined {
  const target = cloud.store.get(text(inputs, "targetResourceId") ?? "");
  if (target === undefined) return undefined;
  const paths: Readonly<Record<string, string>> = {
    "microsoft.network/publicipaddresses": "dnsSettings.fqdn",
    "microsoft.network/trafficmanagerprofiles": "dnsConfig.fqdn",
  };
  return text(target.properties, paths[armTypeOf(target.id).toLowerCase()] ?? "defaultHostName");
}

function inlineId({ id }: Operation, endpoint: JsonObject): string {
  const kind = (text(endpoint, "type") ?? TRAFFIC_ENDPOINT).split("/").at(-1) ?? "";
  return `${id}/${kind}/${text(endpoint, "name") ?? ""}`;
}

/** A profile that is written with a list of endpoints has those, and no others. */
export function writeInlineEndpoints(operation: Operation, record: CloudRecord): void {
  const { cloud, id, inputs } = operation;
  if (!Array.isArray(inputs["endpoints"])) return;
  const wanted = new Map(objects(inputs, "endpoints").map((entry) => [inlineId(operation, entry), entry]));
  for (const old of endpointsOf(cloud, id)) {
    if (![...wanted.keys()].some((endpointId) => sameId(endpointId, old.id))) cloud.store.remove(old.id);
  }
  for (const [endpointId, entry] of wanted) {
    const properties = {
      ...{ endpointStatus: "Enabled", weight: 1, endpointMonitorStatus: "CheckingEndpoint" },
      ...(text(entry, "targetResourceId") === undefined ? {} : { target: hostOf(cloud, entry) ?? "" }),
      ...entry,
      name: nameOf(endpointId),
      type: `${TRAFFIC_PROFILE}/${kindOf(endpointId)}`,
    };
    cloud.store.put({
      id: endpointId,
      cloud: "azure",
      type: TRAFFIC_ENDPOINT,
      properties,
      createdAt: record.createdAt,
      seconds: 0,
    });
  }
}
