import { randomUUID } from "node:crypto";
import { inGroup, nameOf, ownerIdOf } from "../ids";
import {
  computeEndpoint,
  removeInterface,
  removeZoneRecords,
  writeInterface,
  writeZoneRecords,
} from "../networkEndpoints";
import {
  refuseConnections,
  refuseEndpointChange,
  refuseEndpointSubnet,
  refuseZoneConfigs,
} from "../networkEndpointRefusals";
import { badRequest, NETWORK_API, NETWORK_NAME, stateOutputs } from "../networkParts";
import { refuseOtherRegion } from "../networkUsage";
import { describeTypes, refusal, type Deletion, type Operation } from "../resourceType";
import type { ProviderError } from "../../provider/backend";
import { each, text } from "../../provider/values";
import { normalizeRegion } from "../regions";

const ENDPOINT = "Microsoft.Network/privateEndpoints";
const CONNECTIONS = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];

export const privateLink = describeTypes(
  {
    token: "network:PrivateEndpoint",
    shape: inGroup(ENDPOINT, "privateEndpointName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: { ...NETWORK_NAME, minLength: 2, maxLength: 64 },
    references: [
      "subnet.id",
      "applicationSecurityGroups[].id",
      ...CONNECTIONS.map((key) => `${key}[].privateLinkServiceId`),
    ],
    defaults: () => ({ manualPrivateLinkServiceConnections: [], customNetworkInterfaceName: "" }),
    computed: ["customDnsConfigs", "etag", "networkInterfaces", "provisioningState"],
    compute: computeEndpoint,
    seconds: { create: 35, update: 20, delete: 30 },
    refuse: [refuseConnections, refuseEndpointSubnet, refuseOtherRegion("subnet.id"), refuseEndpointChange],
    afterWrite: writeInterface,
    afterDelete: removeInterface,
  },
  {
    token: "network:PrivateDnsZoneGroup",
    shape: inGroup(`${ENDPOINT}/privateDnsZoneGroups`, "privateEndpointName", "privateDnsZoneGroupName"),
    apiVersion: NETWORK_API,
    autoName: "copy",
    name: NETWORK_NAME,
    located: false,
    references: ["privateDnsZoneConfigs[].privateDnsZoneId"],
    computed: ["etag", "provisioningState"],
    compute: stateOutputs,
    seconds: { create: 12, update: 12, delete: 12 },
    returnedType: false,
    refuse: [refuseZoneConfigs],
    afterWrite: writeZoneRecords,
    afterDelete: removeZoneRecords,
  },
  {
    token: "network:PrivateLinkService",
    shape: inGroup("Microsoft.Network/privateLinkServices", "serviceName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    references: ["ipConfigurations[].subnet.id"],
    defaults: () => ({ enableProxyProtocol: false }),
    computed: ["alias", "etag", "provisioningState"],
    compute: ({ id, inputs, keep }) => ({
      ...stateOutputs(),
      alias: keep("alias", () => {
        const region = normalizeRegion(text(inputs, "location") ?? "");
        return `${nameOf(id)}.${randomUUID()}.${region}.azure.privatelinkservice`;
      }),
    }),
    seconds: { create: 12, update: 12, delete: 12 },
    refuse: [refusePolicies, refuseOtherRegion("ipConfigurations[].subnet.id")],
    refuseDelete: [refuseConnected],
  },
);

/** https://learn.microsoft.com/azure/private-link/disable-private-link-service-network-policy */
function refusePolicies({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const subnets = each(inputs, "ipConfigurations[].subnet.id").filter(
    (subnetId) => typeof subnetId === "string",
  );
  const subnet = subnets.find(
    (subnetId) =>
      text(cloud.store.get(subnetId)?.properties, "privateLinkServiceNetworkPolicies") !== "Disabled",
  );
  if (subnet === undefined) {
    return each(inputs, "loadBalancerFrontendIpConfigurations[].id").length > 0 ||
      text(inputs, "destinationIPAddress") !== undefined
      ? undefined
      : badRequest(`Private link service ${nameOf(id)} must name a load balancer's frontend.`);
  }
  return refusal(
    "PrivateLinkServiceCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled",
    `Private link service ${id} cannot be created in a subnet ${subnet} since it has private link service ` +
      "network policies enabled.",
  );
}

/** hashicorp/terraform-provider-azurerm#27652: endpoints go first. */
function refuseConnected({ cloud, record }: Deletion): ProviderError | undefined {
  const endpoint = cloud.store
    .list({ type: ENDPOINT })
    .find(({ properties }) =>
      CONNECTIONS.some((key) => each(properties, `${key}[].privateLinkServiceId`).includes(record.id)),
    );
  return endpoint === undefined
    ? undefined
    : refusal(
        "PrivateLinkServiceCannotBeDeletedWithPrivateEndpointConnections",
        `Private link service ${record.id} of group ${nameOf(ownerIdOf(record.id) ?? "")} cannot be deleted while ` +
          `private endpoint ${endpoint.id} is connected to it.`,
      );
}
