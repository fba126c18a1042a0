import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as resources from "@pulumi/azure-native/resources";
import * as automation from "@pulumi/pulumi/automation";
import { CloudStore } from "../../local/cloud/store";
import { createAzureBackend } from "../../local/azure/backend";
import { serveProvider, type ServedProvider } from "../../local/provider/server";
import { backendOptions } from "./azure-support";

jest.setTimeout(120_000);

const PULUMI_ROOT = resolve(__dirname, "../../.tools");

let folder: string;
let store: CloudStore;
let served: ServedProvider;
let stack: automation.Stack;
let tag: string;

function program(): Promise<Record<string, unknown>> {
  const tags = { tag };
  const group = new resources.ResourceGroup("rg", { tags });
  const at = { resourceGroupName: group.name };
  const identity = new managedidentity.UserAssignedIdentity("api", { ...at, tags });
  const registry = new containerregistry.Registry("acr", { ...at, sku: { name: "Basic" }, tags });
  const cluster = new containerservice.ManagedCluster("aks", {
    ...at,
    tags,
    dnsPrefix: "aks",
    kubernetesVersion: "1.35",
    identity: { type: "SystemAssigned" },
    aadProfile: { managed: true, enableAzureRBAC: true },
    oidcIssuerProfile: { enabled: true },
    agentPoolProfiles: [{ name: "system", mode: "System", count: 2, vmSize: "Standard_D4s_v5" }],
  });
  const issuer = cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
  new managedidentity.FederatedIdentityCredential("api", {
    ...at,
    resourceName: identity.name,
    issuer,
    subject: "system:serviceaccount:api:api",
    audiences: ["api://AzureADTokenExchange"],
  });
  const credentials = containerservice.listManagedClusterUserCredentialsOutput({
    ...at,
    resourceName: cluster.name,
    format: "exec",
  });
  const kubeconfig = credentials.kubeconfigs.apply(([first]) =>
    Buffer.from(first?.value ?? "", "base64").toString(),
  );
  return Promise.resolve({ issuer, kubeconfig, loginServer: registry.loginServer });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "azure-engine-"));
  store = CloudStore.open(join(folder, "cloud.jsonl"));
  served = await serveProvider(createAzureBackend(backendOptions({ store })));
  stack = await automation.LocalWorkspace.createOrSelectStack(
    { stackName: "test", projectName: "emulator", program },
    {
      pulumiCommand: await automation.PulumiCommand.get({ root: PULUMI_ROOT, skipVersionCheck: true }),
      pulumiHome: join(folder, "home"),
      projectSettings: { name: "emulator", runtime: "nodejs", backend: { url: `file://${folder}` } },
      envVars: {
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DEBUG_PROVIDERS: `azure-native:${served.port}`,
      },
    },
  );
  await stack.setConfig("azure-native:location", { value: "West US 2" });
});

afterAll(async () => {
  await served.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a program goes up, stays quiet, shows drift, takes an edit as updates, and leaves nothing", async () => {
  tag = "one";
  const up = await stack.up();
  expect(up.summary.resourceChanges).toEqual({ create: 6 });
  expect(up.outputs["issuer"]?.value).toMatch(/^https:\/\/westus2\.oic\.prod-aks\.azure\.com\/.*\/$/);
  expect(up.outputs["kubeconfig"]?.value).toContain('"command": "kubelogin"');
  expect(up.outputs["loginServer"]?.value).toMatch(/^acr[0-9a-f]{8}\.azurecr\.io$/);

  const quiet = await stack.up({ expectNoChanges: true });
  expect(quiet.summary.resourceChanges).toEqual({ same: 6 });
  const unchanged = await stack.refresh({ expectNoChanges: true });
  expect(unchanged.summary.resourceChanges).toEqual({ same: 6 });

  const registry = store.list({ type: "Microsoft.ContainerRegistry/registries" })[0];
  if (registry === undefined) throw new Error("no registry in the cloud");
  store.put({ ...registry, properties: { ...registry.properties, adminUserEnabled: true } });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 5, update: 1 });
  const repaired = await stack.up();
  expect(repaired.summary.resourceChanges).toEqual({ same: 5, update: 1 });
  expect(store.get(registry.id)?.properties["adminUserEnabled"]).toBe(false);

  tag = "two";
  expect((await stack.preview()).changeSummary).toEqual({ same: 1, update: 5 });
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 2, update: 4 });

  await stack.destroy();
  expect(store.list()).toEqual([]);
});
