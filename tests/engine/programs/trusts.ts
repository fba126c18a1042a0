/** Two identities with several trusts each: in Azure, and in Microsoft Entra ID. */
import { ResourceGroup } from "@pulumi/azure-native/resources";

import { WorkloadIdentity } from "../../../components/workloadIdentity";
import { loadConfig } from "../../../config";

const { names, tags, location } = loadConfig();
const resourceGroup = new ResourceGroup("rg", { resourceGroupName: names.of("rg"), location, tags });
const trusts = ["one", "two", "three"].map((name) => ({
  name,
  issuer: "https://token.actions.githubusercontent.com",
  subject: `repo:owner/${name}:environment:dev`,
}));

new WorkloadIdentity("managed", {
  identityName: names.of("managed"),
  managedIdentity: { resourceGroup, location, tags },
  trusts,
});
new WorkloadIdentity("application", { identityName: names.of("application"), trusts });
