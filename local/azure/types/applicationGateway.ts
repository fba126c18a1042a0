import type { JsonObject, ProviderError } from "../../provider/backend";
import { objects, strings, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { inGroup } from "../ids";
import { NETWORK_API, NETWORK_COMPUTED, NETWORK_NAME, networkOutputs, refuseZones } from "../networkParts";
import { refuseOtherRegion, refuseTakenAddress } from "../networkUsage";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { firewallPolicies } from "./applicationGatewayFirewall";
import { refuseNetwork } from "./applicationGatewayNetwork";
import { COLLECTIONS, resolveSelf, refuseParts } from "./applicationGatewayParts";
import { refuseCapacity, refuseCertificates, refuseFirewall, refuseRules } from "./applicationGatewayRules";

const GATEWAY = "Microsoft.Network/applicationGateways";
const PUBLIC = "frontendIPConfigurations[].publicIPAddress.id";
const SUBNETS = ["gatewayIPConfigurations[].subnet.id", "frontendIPConfigurations[].subnet.id"] as const;

export const applicationGateway = describeTypes(
  {
    token: "network:ApplicationGateway",
    shape: inGroup(GATEWAY, "applicationGatewayName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    references: [
      ...SUBNETS,
      PUBLIC,
      "firewallPolicy.id",
      "httpListeners[].firewallPolicy.id",
      "identity.userAssignedIdentities[]",
    ],
    defaults: () => ({ enableHttp2: false }),
    computed: [
      ...NETWORK_COMPUTED,
      "defaultPredefinedSslPolicy",
      "identity.tenantId",
      "operationalState",
      "privateEndpointConnections",
    ],
    compute: (operation) => ({
      ...networkOutputs(operation),
      ...partsWithIds(operation),
      ...identity(operation),
      // https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview#default-tls-policy
      defaultPredefinedSslPolicy: "AppGwSslPolicy20220101",
      operationalState: "Running",
      privateEndpointConnections: [],
    }),
    seconds: { create: 380, update: 90, delete: 260 },
    refuse: [
      refuseCapacity,
      refuseZones,
      refuseChangedZones,
      refuseParts,
      ...refuseNetwork,
      refuseOtherRegion(...SUBNETS, PUBLIC, "firewallPolicy.id", "httpListeners[].firewallPolicy.id"),
      refuseTakenAddress(PUBLIC),
      ...refuseRules,
      refuseFirewall,
      ...refuseCertificates,
    ],
  },
  ...firewallPolicies,
);

/** The parts of a gateway are resources of their own to those that refer to them. */
function partsWithIds(operation: Operation): JsonObject {
  const { id, inputs } = operation;
  const given = COLLECTIONS.filter((key) => Array.isArray(inputs[key]));
  return Object.fromEntries(
    given.map((key) => [
      key,
      objects(inputs, key).map((part) => ({
        ...resolveSelf(part, id),
        id: `${id}/${key}/${text(part, "name") ?? ""}`,
        provisioningState: "Succeeded",
      })),
    ]),
  );
}

/** A gateway takes user-assigned identities alone, and says in which tenant they are. */
function identity(operation: Operation): JsonObject {
  const found = identityOf(operation)["identity"];
  return typeof found === "object" && found !== null && !Array.isArray(found)
    ? { identity: { ...found, tenantId: operation.cloud.tenantId } }
    : {};
}

/** The same as for public addresses: https://learn.microsoft.com/azure/reliability/reliability-application-gateway-v2 */
function refuseChangedZones({ id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const [before, after] = [existing.properties, inputs].map((from) =>
    JSON.stringify(strings(from, "zones").sort()),
  );
  return before === after
    ? undefined
    : refusal(
        "ResourceAvailabilityZonesCannotBeModified",
        `Resource ${id} has an existing availability zone constraint ${before ?? ""} and the request has availability ` +
          `zone constraint ${after ?? ""}, which do not match. Zones cannot be added/updated/removed once the resource ` +
          "is created.",
      );
}
