import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as resources from "@pulumi/azure-native/resources";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation";
import { createAzureBackend } from "../../local/azure/backend";
import { CloudStore, type CloudRecord } from "../../local/cloud/store";
import { createKubernetesBackend, NodeAgent, pruneNode } from "../../local/kubernetes";
import { reservePort } from "../support/ports";
import type { JsonObject } from "../../local/provider/backend";
import { serveProvider, type ServedProvider } from "../../local/provider/server";
import { backendOptions, DEPLOYER, SUBSCRIPTION, TENANT } from "./azure-support";

jest.setTimeout(180_000);

const PULUMI_ROOT = resolve(__dirname, "../../.tools");
const RBAC_CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b";
const IMAGE = "mcr.microsoft.com/oss/kubernetes/pause:3.9";

let folder: string;
let store: CloudStore;
let node: NodeAgent;
let served: ServedProvider[];
let stack: automation.Stack;
/** What the program makes this time. */
let wanted = { admin: true, greeting: "hello" };

function createCluster(): containerservice.ManagedCluster {
  const group = new resources.ResourceGroup("rg");
  return new containerservice.ManagedCluster("aks", {
    resourceGroupName: group.name,
    dnsPrefix: "aks",
    kubernetesVersion: "1.35",
    identity: { type: "SystemAssigned" },
    disableLocalAccounts: true,
    aadProfile: { managed: true, enableAzureRBAC: true },
    agentPoolProfiles: [{ name: "system", mode: "System", count: 2, vmSize: "Standard_D4s_v5" }],
  });
}

function kubeconfigOf(cluster: containerservice.ManagedCluster): pulumi.Output<string> {
  const resourceGroupName = cluster.id.apply((id) => id.split("/")[4] ?? "");
  const credentials = containerservice.listManagedClusterUserCredentialsOutput({
    resourceGroupName,
    resourceName: cluster.name,
    format: "exec",
  });
  return credentials.kubeconfigs.apply(([first]) =>
    Buffer.from(first?.value ?? "", "base64")
      .toString()
      .replace("devicecode", "azurecli"),
  );
}

function program(): Promise<Record<string, unknown>> {
  const cluster = createCluster();
  const dependsOn: pulumi.Resource[] = [];
  if (wanted.admin) {
    dependsOn.push(
      new authorization.RoleAssignment("admin", {
        principalId: DEPLOYER,
        principalType: "User",
        roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${RBAC_CLUSTER_ADMIN}`,
        scope: cluster.id,
      }),
    );
  }
  const provider = new Provider("aks", { kubeconfig: kubeconfigOf(cluster) }, { dependsOn });
  const inCluster = { provider, dependsOn, deletedWith: cluster };
  const namespace = new core.Namespace("web", {}, inCluster);
  const metadata = { namespace: namespace.metadata.name };
  const settings = new core.ConfigMap(
    "settings",
    { metadata, data: { greeting: wanted.greeting } },
    inCluster,
  );
  const keys = new core.Secret(
    "keys",
    { metadata, stringData: { password: pulumi.secret("p4ssw0rd") } },
    inCluster,
  );
  const labels = { app: "web" };
  const container = {
    name: "web",
    image: IMAGE,
    envFrom: [{ configMapRef: { name: settings.metadata.name } }],
  };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  new apps.Deployment("web", { metadata, spec: { selector: { matchLabels: labels }, template } }, inCluster);
  const spec = { type: "LoadBalancer", selector: labels, ports: [{ port: 80 }] };
  const service = new core.Service("web", { metadata, spec }, inCluster);
  const address = service.status.apply(({ loadBalancer }) => loadBalancer.ingress[0]?.ip);
  return Promise.resolve({ address, settings: settings.metadata.name, password: keys.stringData });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kubernetes-engine-"));
  store = CloudStore.open(join(folder, "cloud.jsonl"));
  node = new NodeAgent(join(folder, "node"), await reservePort());
  served = await Promise.all(
    [
      createAzureBackend(backendOptions({ store })),
      createKubernetesBackend({ store, tenantId: TENANT, deployer: { objectId: DEPLOYER }, nodeAgent: node }),
    ].map(serveProvider),
  );
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
        PULUMI_DEBUG_PROVIDERS: served.map(({ name, port }) => `${name}:${port}`).join(),
      },
    },
  );
  await stack.setConfig("azure-native:location", { value: "West US 2" });
});

afterAll(async () => {
  await node.shutdown();
  await Promise.all(served.map((provider) => provider.close()));
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function objects(type?: string): CloudRecord[] {
  return store.list({ cloud: "kubernetes", ...(type === undefined ? {} : { type }) });
}

test("a preview before the cluster exists shows all objects and makes none", async () => {
  const { changeSummary } = await stack.preview();
  expect(changeSummary).toEqual({ create: 10 });
  expect(store.list()).toEqual([]);
});

test("a deployer without a role is refused, with the way out", async () => {
  wanted = { ...wanted, admin: false };
  await expect(stack.up()).rejects.toThrow(
    /is forbidden: User "33333333.*Azure Kubernetes Service RBAC Cluster Admin/,
  );
  expect(objects()).toEqual([]);
});

test("a program goes up with the role, stays quiet, and keeps its secret", async () => {
  wanted = { ...wanted, admin: true };
  const { outputs } = await stack.up();
  expect(outputs["address"]?.value).toBe("203.0.113.10");
  expect(outputs["password"]?.secret).toBe(true);
  expect(
    objects()
      .map(({ type }) => type)
      .sort(),
  ).toEqual(["apps/v1/Deployment", "v1/ConfigMap", "v1/Namespace", "v1/Secret", "v1/Service"]);
  const again = await stack.up({ expectNoChanges: true });
  expect(again.summary.resourceChanges).toEqual({ same: 10 });
  const state = readFileSync(join(folder, ".pulumi", "stacks", "emulator", "test.json"), "utf8");
  expect(state).not.toContain("p4ssw0rd");
  expect(state).not.toContain(Buffer.from("p4ssw0rd").toString("base64"));
});

test("a refresh sees drift, and an update repairs it", async () => {
  const [deployment] = objects("apps/v1/Deployment") as [CloudRecord];
  const text = JSON.stringify(deployment.properties).replaceAll(IMAGE, "mcr.microsoft.com/other:1");
  store.put({ ...deployment, properties: JSON.parse(text) as JsonObject });
  const refreshed = await stack.refresh();
  expect(refreshed.summary.resourceChanges).toMatchObject({ update: 1 });
  const repaired = await stack.up();
  expect(repaired.summary.resourceChanges).toEqual({ update: 1, same: 9 });
  expect(JSON.stringify(objects("apps/v1/Deployment"))).toContain(IMAGE);
});

test("changed data makes a new ConfigMap before the old one goes, and the Deployment follows", async () => {
  const [before] = objects("v1/ConfigMap");
  wanted = { ...wanted, greeting: "goodbye" };
  const { summary } = await stack.up();
  expect(summary.resourceChanges).toEqual({ replace: 1, update: 1, same: 8 });
  const after = objects("v1/ConfigMap");
  expect(after.map(({ properties }) => properties["data"])).toEqual([{ greeting: "goodbye" }]);
  expect(after[0]?.id).not.toBe(before?.id);
});

test("destroying the cluster takes its objects along, and the node runs none of them any more", async () => {
  expect((await node.status()).services).toHaveLength(1);
  await stack.destroy();
  expect(store.list({ cloud: "azure" })).toEqual([]);
  await pruneNode(store, node);
  expect(objects()).toEqual([]);
  expect((await node.status()).services).toEqual([]);
});
