/** A registry with a static password, and what would come after it. */
import { Registry } from "@pulumi/azure-native/containerregistry";
import { ResourceGroup } from "@pulumi/azure-native/resources";

const tags = {
  managed_by: "pulumi",
  environment: "dev",
  project: "demo",
  owner: "platform-team",
  cost_center: "1001",
  purpose: "test",
};
const location = "westus2";
const group = new ResourceGroup("group", { resourceGroupName: "admin-rg", location, tags });
const registry = new Registry("admin", {
  ...{ resourceGroupName: group.name, registryName: "adminregistry0001", location, tags },
  sku: { name: "Basic" },
  adminUserEnabled: true,
});
new Registry("after", {
  ...{ resourceGroupName: group.name, registryName: "afterregistry0001", location },
  tags: { ...tags, after: registry.loginServer },
  sku: { name: "Basic" },
});
