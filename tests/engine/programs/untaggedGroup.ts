/** A resource group without the tags that the policies want, and what would come after it. */
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { ResourceGroup } from "@pulumi/azure-native/resources";

const group = new ResourceGroup("untagged", { resourceGroupName: "untagged-rg", location: "westus2" });
new UserAssignedIdentity("after", { resourceGroupName: group.name, resourceName: "after-id" });
