/** Network rules that name subnets: the subnet must have the service's endpoint. */
import { nameOf, ownerIdOf } from "./ids";
import { refusal, type Operation, type Refusal } from "./resourceType";
import { each, objects, text } from "../provider/values";

/** @param path to the subnet ids in the inputs. The message is that of hashicorp/terraform-provider-azurerm#1886. */
export function refuseMissingServiceEndpoints(service: string, path: string): Refusal<Operation> {
  return ({ cloud, inputs }) => {
    for (const id of each(inputs, path)) {
      const subnet = typeof id === "string" ? cloud.store.get(id) : undefined;
      if (subnet === undefined) continue;
      const endpoints = objects(subnet.properties, "serviceEndpoints").map((entry) => text(entry, "service"));
      if (endpoints.includes(service) || endpoints.includes(`${service}.Global`)) continue;
      return refusal(
        "SubnetsHaveNoServiceEndpointsConfigured",
        `Subnets ${nameOf(subnet.id)} of virtual network ${ownerIdOf(subnet.id) ?? ""} do not have ServiceEndpoints for ` +
          `${service} resources configured. Add ${service} to subnet's ServiceEndpoints collection before trying to ` +
          `ACL ${service} resources to these subnets.`,
      );
    }
    return undefined;
  };
}
