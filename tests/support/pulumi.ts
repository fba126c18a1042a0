import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { parse } from "yaml";

// The SDK's mocks know no hooks; what a hook does is tried on the real engine.
Object.assign(MockMonitor.prototype, {
  registerResourceHook: (_request: unknown, reply: (error: null, response: object) => void) => {
    reply(null, {});
  },
});

export const ROOT = join(__dirname, "..", "..");
/** Id that every Front Door gets. */
export const FRONT_DOOR_ID = "0a1b2c3d-0000-4000-8000-00000000abcd";
export const SUBSCRIPTION_ID = "11111111-1111-1111-1111-111111111111";

/** A resource as the program registered it. */
export interface RegisteredResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
}

/** The values of `Pulumi.<stack>.yaml`, keys without the project's prefix. */
export function stackFile(stack: string): Record<string, unknown> {
  const { config } = parse(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as StackFile;
  const entries = Object.entries(config).map(([key, value]) => [key.replace(/^aks-platform:/, ""), value]);
  const { "azure-native:location": location, ...values } = Object.fromEntries(entries) as Record<
    string,
    unknown
  >;
  return { ...values, location };
}

/** Makes `values` the configuration of the stack that the next program sees. */
export function setConfig({ location, ...values }: Record<string, unknown>): void {
  const entries = Object.entries(values).map(([key, value]) => [
    `aks-platform:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig({
    ...(Object.fromEntries(entries) as Record<string, string>),
    ...(typeof location === "string" ? { "azure-native:location": location } : {}),
  });
}

/**
 * Runs a program against mocks and gives what it registered.
 * @param program constructs resources; a rejected one fails the caller
 */
export async function runWithMocks(program: () => unknown, stack = "test"): Promise<RegisteredResource[]> {
  const registered: RegisteredResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        return { id: mockId(type, name), state: mockState(type, name, inputs as Record<string, unknown>) };
      },
      call: ({ token }) => mockCall(token),
    },
    "aks-platform",
    stack,
    false,
  );
  await program();
  await pulumi.runtime.disconnect();
  return registered;
}

function mockId(type: string, name: string): string {
  return type.startsWith("azure-native:")
    ? `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg/providers/${type.split(":").slice(1).join("/")}/${name}`
    : name;
}

/** Inputs come back as outputs, with what the cloud would add. */
function mockState(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const azure = {
    name,
    principalId: `${name}-object-id`,
    clientId: `${name}-client-id`,
    objectId: `${name}-object-id`,
  };
  switch (type) {
    case "azure-native:containerservice:ManagedCluster":
      return {
        ...inputs,
        name,
        oidcIssuerProfile: { enabled: true, issuerURL: "https://oidc.example/tenant/1/" },
      };
    case "azure-native:containerregistry:Registry":
      return { ...inputs, name, loginServer: `${String(inputs["registryName"])}.azurecr.io` };
    case "azure-native:containerregistry:TaskRun":
      return {
        ...inputs,
        name,
        runResult: { status: "Succeeded", outputImages: [{ digest: `sha256:${"a".repeat(64)}` }] },
      };
    case "azure-native:authorization:RoleAssignment":
      return { ...inputs, name, createdOn: "2020-01-01T00:00:00Z" };
    case "azure-native:dashboard:Grafana":
      return {
        ...inputs,
        name,
        identity: { principalId: `${name}-object-id` },
        properties: { endpoint: "https://g.example" },
      };
    case "azure-native:storage:StorageAccount":
      return { ...inputs, name, primaryEndpoints: { blob: `https://${name}.blob.example/` } };
    case "azure-native:cosmosdb:DatabaseAccount":
      return { ...inputs, name, documentEndpoint: `https://${name}.documents.example:443/` };
    case "azure-native:redisenterprise:RedisEnterprise":
      return { ...inputs, name, hostName: `${name}.redis.example` };
    case "azure-native:dbforpostgresql:Server":
      return { ...inputs, name, fullyQualifiedDomainName: `${name}.postgres.example` };
    case "azure-native:keyvault:Vault":
      return { ...inputs, name, properties: { vaultUri: `https://${name}.vault.example/` } };
    case "azure-native:keyvault:Key":
      return { ...inputs, name, keyUriWithVersion: `https://vault.example/keys/${name}/1` };
    case "azure-native:compute:DiskEncryptionSet":
    case "azure-native:dataprotection:BackupVault":
    case "azure-native:logic:Workflow":
      return { ...inputs, name, identity: { principalId: `${name}-object-id` } };
    case "azure-native:kubernetesconfiguration:Extension":
      return { ...inputs, name, aksAssignedIdentity: { principalId: `${name}-object-id` } };
    case "azure-native:cdn:Profile":
      return { ...inputs, name, frontDoorId: FRONT_DOOR_ID };
    case "azure-native:cdn:AFDEndpoint":
      return { ...inputs, name, hostName: `${name}.azurefd.example` };
    case "azure-native:cdn:AFDCustomDomain":
      return { ...inputs, name, validationProperties: { validationToken: "token" } };
    case "azure-native:network:PublicIPAddress":
      return { ...inputs, name, dnsSettings: { fqdn: `${name}.cloudapp.example` } };
    case "azure-native:servicenetworking:FrontendsInterface":
      return { ...inputs, name, fqdn: `${name}.alb.example` };
    case "azure-native:trafficmanager:Profile":
      return { ...inputs, name, dnsConfig: { fqdn: `${name}.trafficmanager.example` } };
    case "kubernetes:core/v1:Service":
      return { ...inputs, status: { loadBalancer: { ingress: [{ ip: "203.0.113.1" }] } } };
    default:
      return type.startsWith("kubernetes:") ? inputs : { ...inputs, ...azure };
  }
}

const KUBECONFIG = `
clusters:
  - name: aks
    cluster: { server: "https://aks.example:443", certificate-authority-data: Q0E= }
users:
  - name: clusterUser
    user: { token: must-not-appear }
`;

function mockCall(token: string): Record<string, unknown> {
  switch (token) {
    case "azure-native:authorization:getClientConfig":
      return { subscriptionId: SUBSCRIPTION_ID, tenantId: "tenant", objectId: "deployer", clientId: "cli" };
    case "azure-native:network:getVirtualNetwork":
      return { id: mockId("azure-native:network:VirtualNetwork", "found") };
    case "azure-native:containerservice:listManagedClusterUserCredentials":
      return { kubeconfigs: [{ name: "clusterUser", value: Buffer.from(KUBECONFIG).toString("base64") }] };
    default:
      throw new Error(`The program called ${token}, which the mocks do not know`);
  }
}

/** All resources of a type; fails where there is none, so that no assertion is skipped. */
export function ofType(resources: readonly RegisteredResource[], type: string): RegisteredResource[] {
  const found = resources.filter((resource) => resource.type === type);
  if (found.length === 0) throw new Error(`The program registered no ${type}`);
  return found;
}

/** The one resource of a type. */
export function theOnly(resources: readonly RegisteredResource[], type: string): RegisteredResource {
  const [resource, ...more] = ofType(resources, type);
  if (!resource || more.length > 0)
    throw new Error(`The program registered ${more.length + 1} of ${type}, not one`);
  return resource;
}

/**
 * Runs the whole program for a stack, in module instances of its own: `index.ts` acts when it is loaded.
 * @param change configuration that takes the place of the stack file's, key by key
 */
export async function runProgram(
  stack: string,
  change: Record<string, unknown> = {},
): Promise<RegisteredResource[]> {
  let registered: RegisteredResource[] = [];
  await jest.isolateModulesAsync(async () => {
    const isolated = jest.requireActual<typeof import("./pulumi")>("./pulumi");
    isolated.setConfig({ ...stackFile(stack), ...change });
    registered = await withoutStackTraces(() =>
      isolated.runWithMocks(() => jest.requireActual("../../index"), stack),
    );
  });
  return registered;
}

/** The SDK takes several stack traces for each resource, and jest maps every one to the sources: most of a run's time. */
async function withoutStackTraces<T>(action: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await action();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
