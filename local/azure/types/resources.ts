import { inSubscription } from "../ids";
import { describeTypes } from "../resourceType";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export const resources = describeTypes({
  token: "resources:ResourceGroup",
  shape: inSubscription(
    "Microsoft.Resources/resourceGroups",
    "/resourceGroups/{resourceGroupName}",
    "resourceGroupName",
  ),
  apiVersion: "2024-03-01",
  autoName: "random",
  name: { pattern: /^[-\w._()]+$/, minLength: 1, maxLength: 90 },
  computed: ["properties"],
  compute: () => ({ properties: { provisioningState: "Succeeded" } }),
  seconds: { create: 4, update: 2, delete: 60 },
});
