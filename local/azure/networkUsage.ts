/** Who uses a network resource: what Azure looks at before it deletes one, or attaches it a second time. */
import type { CloudRecord } from "../cloud/store";
import type { ProviderError } from "../provider/backend";
import { each, text } from "../provider/values";
import { nameOf, ownerIdOf, sameId } from "./ids";
import { refusal, type AzureCloud, type Deletion, type Operation, type Refusal } from "./resourceType";

/** Paths at which resources of any type say that they live in a subnet. Firewall rules of data services do not. */
const IN_SUBNET = [
  "agentPoolProfiles[].vnetSubnetID",
  "apiServerAccessProfile.subnetId",
  "frontendIPConfigurations[].subnet.id",
  "gatewayIPConfigurations[].subnet.id",
  "ipConfigurations[].subnet.id",
  "managementIpConfiguration.subnet.id",
  "network.delegatedSubnetResourceId",
  "podSubnetID",
  "subnet.id",
  "subnetId",
  "vnetConfiguration.infrastructureSubnetId",
  "vnetSubnetID",
] as const;

const ON_PUBLIC_ADDRESS = [
  "frontendIPConfigurations[].publicIPAddress.id",
  "ipConfigurations[].publicIPAddress.id",
  "managementIpConfiguration.publicIPAddress.id",
  "networkProfile.loadBalancerProfile.outboundIPs.publicIPs[].id",
  "publicIpAddresses[].id",
] as const;

/** All that the questions here need to know of a cloud. */
type Stored = Pick<AzureCloud, "store">;

/** The first resource that names `id` at one of the paths. */
export function userOf(cloud: Stored, id: string, paths: readonly string[]): CloudRecord | undefined {
  return cloud.store
    .list({ cloud: "azure" })
    .find(
      (record) =>
        !sameId(record.id, id) &&
        paths.some((path) =>
          each(record.properties, path).some((found) => typeof found === "string" && sameId(found, id)),
        ),
    );
}

/** What is in a subnet: nodes, an API server, private endpoints, gateways, databases. */
export function occupantOf(cloud: Stored, subnetId: string): CloudRecord | undefined {
  return userOf(cloud, subnetId, IN_SUBNET);
}

/** Id of what an address is attached to. A Service of a cluster holds it through the cluster's load balancer. */
export function holderOf(cloud: Stored, address: CloudRecord): string | undefined {
  const user = userOf(cloud, address.id, ON_PUBLIC_ADDRESS);
  if (user !== undefined) return user.id;
  const ip = text(address.properties, "ipAddress");
  const service = cloud.store
    .list({ cloud: "kubernetes", type: "v1/Service" })
    .find(({ properties }) => each(properties, "status.loadBalancer.ingress[].ip").includes(ip ?? ""));
  return service?.id;
}

/** https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/inusesubnetcannotbedeleted-error */
export function refuseSubnetInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const user = occupantOf(cloud, record.id);
  if (user === undefined) return undefined;
  return refusal(
    "InUseSubnetCannotBeDeleted",
    `Subnet ${nameOf(record.id)} is in use by ${user.id} and cannot be deleted. In order to delete the subnet, ` +
      "delete all the resources within the subnet. See aka.ms/deletesubnet.",
  );
}

/** https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/publicipaddresscannotbedeleted-error */
export function refuseAddressInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const holder = holderOf(cloud, record);
  if (holder === undefined) return undefined;
  return refusal(
    "PublicIPAddressCannotBeDeleted",
    `Public IP address ${record.id} can not be deleted since it is still allocated to resource ${holder}. In order ` +
      "to delete the public IP, disassociate/detach the Public IP address from the resource. To learn how to do " +
      "this, see aka.ms/deletepublicip.",
  );
}

/** Refuses to delete what a resource names at one of the paths; the text is Azure's, with the user's id. */
export function refuseWhileNamed(
  code: string,
  paths: readonly string[],
  message: (record: CloudRecord, user: CloudRecord) => string,
): Refusal<Deletion> {
  return ({ cloud, record }) => {
    const user = userOf(cloud, record.id, paths);
    return user === undefined ? undefined : refusal(code, message(record, user));
  };
}

/** An address serves one resource at a time. */
export function refuseTakenAddress(...paths: readonly string[]): Refusal<Operation> {
  return ({ cloud, inputs, id }) => {
    for (const addressId of paths.flatMap((path) => each(inputs, path))) {
      const address = typeof addressId === "string" ? cloud.store.get(addressId) : undefined;
      const holder = address === undefined ? undefined : holderOf(cloud, address);
      if (address !== undefined && holder !== undefined && !sameId(holder, id)) {
        return refusal(
          "PublicIPAddressInUse",
          `Resource ${id} is referencing public IP address ${address.id} that is already allocated to resource ${holder}.`,
        );
      }
    }
    return undefined;
  };
}

/** Network resources that belong together are in one region; a subnet is where its network is. */
export function refuseOtherRegion(...paths: readonly string[]): Refusal<Operation> {
  return ({ cloud, inputs, id }) => {
    const own = text(inputs, "location") ?? locationOf(cloud, ownerIdOf(id) ?? "");
    for (const reference of paths.flatMap((path) => each(inputs, path))) {
      if (typeof reference !== "string") continue;
      const other = locationOf(cloud, reference);
      if (own === undefined || other === undefined || sameRegion(own, other)) continue;
      return refusal(
        "InvalidResourceReference",
        `Resource ${reference} referenced by resource ${id} was not found. Please make sure that the referenced ` +
          `resource exists, and that both resources are in the same region. (${own} and ${other})`,
      );
    }
    return undefined;
  };
}

/** Region of a resource, or of the network that a subnet belongs to. */
export function locationOf(cloud: AzureCloud, id: string): string | undefined {
  const own = text(cloud.store.get(id)?.properties, "location");
  const network = /^(.*\/virtualNetworks\/[^/]+)\/subnets\/[^/]+$/i.exec(id)?.[1];
  return own ?? (network === undefined ? undefined : text(cloud.store.get(network)?.properties, "location"));
}

function sameRegion(left: string, right: string): boolean {
  const short = (location: string): string => location.toLowerCase().replaceAll(" ", "");
  return short(left) === short(right);
}
