import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as resources from "@pulumi/azure-native/resources";
import * as automation from "@pulumi/pulumi/automation";
import { CloudStore } from "../../local/cloud/store";
import { createAzureBackend } from "../../local/azure/backend";
import { findImage } from "../../local/azure/registry";
import { serveProvider, type ServedProvider } from "../../local/provider/server";
import { backendOptions } from "./azure-support";
import { text } from "../../local/provider/values";

jest.setTimeout(120_000);

const PULUMI_ROOT = resolve(__dirname, "../../.tools");

let folder: string;
let store: CloudStore;
let served: ServedProvider;
let tag: string;
let commit: string;

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

/** A registry, and an image that is built from a commit. */
function imageProgram(): Promise<void> {
  const at = { resourceGroupName: new resources.ResourceGroup("rg").name };
  const registry = new containerregistry.Registry("acr", { ...at, sku: { name: "Basic" } });
  new containerregistry.TaskRun("image", {
    ...at,
    registryName: registry.name,
    forceUpdateTag: commit,
    runRequest: {
      type: "DockerBuildRequest",
      sourceLocation: `https://github.com/acme/platform.git#${commit}`,
      dockerFilePath: "Dockerfile",
      imageNames: ["api:latest"],
      isPushEnabled: true,
      platform: { os: "Linux" },
    },
  });
  return Promise.resolve();
}

async function createStack(stackName: string, inline: automation.PulumiFn): Promise<automation.Stack> {
  const stack = await automation.LocalWorkspace.createOrSelectStack(
    { stackName, projectName: "emulator", program: inline },
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
  return stack;
}

function git(...args: string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  return execFileSync("git", [...identity, ...args], {
    cwd: join(folder, "repository"),
    encoding: "utf8",
  }).trim();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "azure-engine-"));
  const repositoryRoot = join(folder, "repository");
  mkdirSync(repositoryRoot);
  store = CloudStore.open(join(folder, "cloud.jsonl"));
  const places = { repositoryRoot, buildFolder: join(folder, "builds") };
  served = await serveProvider(createAzureBackend(backendOptions({ store, ...places })));
});

afterEach(async () => {
  await served.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a program goes up, stays quiet, shows drift, takes an edit as updates, and leaves nothing", async () => {
  const stack = await createStack("test", program);
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

test("a build that fails leaves its task run in the state, and the next up repairs it", async () => {
  const stack = await createStack("image", imageProgram);
  git("init", "--quiet");
  commit = "0".repeat(40);
  const error: unknown = await stack.up().catch((reason: unknown) => reason);
  expect(String(error)).toMatch(
    /TaskRunFailed: Run ca\w+ of .*\/taskRuns\/image failed: .* is not in the repository/,
  );
  const names = ({ deployment }: automation.Deployment): string[] =>
    (deployment as { resources: { urn: string }[] }).resources.map(({ urn }) => urn.split("::").at(-1) ?? "");
  expect(names(await stack.exportStack())).toContain("image");

  writeFileSync(
    join(folder, "repository", "Dockerfile"),
    `FROM node@sha256:${"a".repeat(64)}\nCMD ["node"]\n`,
  );
  git("add", "Dockerfile");
  git("commit", "--quiet", "--message", "Dockerfile");
  commit = git("rev-parse", "HEAD");
  expect((await stack.up()).summary.resourceChanges).toEqual({ same: 3, update: 1 });
  const registry = store.list({ type: "Microsoft.ContainerRegistry/registries" })[0];
  const server = text(registry?.properties, "loginServer") ?? "";
  expect(findImage(store, `${server}/api:latest`)?.commit).toBe(commit);
  await stack.destroy();
  expect(store.list()).toEqual([]);
});
