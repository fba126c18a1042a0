/** What the Blob CSI driver does to subnets that it does not own. */
import { normalizeRegion } from "../regions";
import type { Operation } from "../resourceType";
import { flag, isObject, list, objects, text } from "../../provider/values";

const STORAGE = "Microsoft.Storage";

/**
 * The driver adds a service endpoint to the subnets of the nodes, whoever manages them: a refresh of the subnet
 * shows a change that the program did not make (Azure/terraform-azurerm-aks#424).
 */
export function addStorageEndpoint({ cloud, inputs }: Operation): void {
  if (!flag(inputs, "storageProfile.blobCSIDriver.enabled")) return;
  const location = normalizeRegion(text(inputs, "location") ?? "");
  for (const pool of objects(inputs, "agentPoolProfiles")) {
    const subnet = cloud.store.get(text(pool, "vnetSubnetID") ?? "");
    if (subnet === undefined) continue;
    const endpoints = list(subnet.properties, "serviceEndpoints");
    if (endpoints.some((endpoint) => isObject(endpoint) && endpoint["service"] === STORAGE)) continue;
    const serviceEndpoints = [...endpoints, { service: STORAGE, locations: [location] }];
    cloud.store.put({ ...subnet, properties: { ...subnet.properties, serviceEndpoints } });
  }
}
