import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";

import { MonitorPrivateLink } from "../../../components/network/monitorPrivateLink";
import { PrivateEndpoints } from "../../../components/network/privateEndpoints";
import { RegionalNetwork, type RegionalNetworkArgs } from "../../../components/network/regionalNetwork";
import { RunnerNetwork } from "../../../components/network/runnerNetwork";
import { Names } from "../../../config";
import { defaultAddressSpace, planAddresses } from "../../../config/addresses";
import { PROFILES } from "../../../config/profiles";
import type { Profile } from "../../../config/profiles/profile";
import { REGIONS } from "../../../config/regions";
import { type RegisteredResource, SUBSCRIPTION_ID } from "../../support/pulumi";
import { type Rendered, tags } from "./dataFixture";

export type Settings = Pick<
  Profile,
  "network" | "cluster" | "edge" | "security" | "governance" | "data" | "api"
>;

/** Changes to some sections of a profile. */
export type Changes = { readonly [Section in keyof Settings]?: Partial<Settings[Section]> };

export function settingsOf(profile: keyof typeof PROFILES, changes: Changes = {}): Settings {
  const { network, cluster, edge, security, governance, data, api } = PROFILES[profile];
  return {
    network: { ...network, ...changes.network },
    cluster: { ...cluster, ...changes.cluster },
    edge: { ...edge, ...changes.edge },
    security: { ...security, ...changes.security },
    governance: { ...governance, ...changes.governance },
    data: { ...data, ...changes.data },
    api: { ...api, ...changes.api },
  };
}

export const RUNNER = { resourceGroup: "runners-rg", virtualNetwork: "runners-vnet" };

/** What a private stack adds to the enterprise profile. */
export function privateSettings(changes: Changes = {}): Settings {
  return settingsOf("enterprise", { ...changes, network: { runnerNetwork: RUNNER, ...changes.network } });
}

export const client = {
  subscriptionId: SUBSCRIPTION_ID,
  tenantId: "22222222-2222-2222-2222-222222222222",
  objectId: "deployer",
  clientId: "cli",
};

export const PARTS = { prefix: "oap", project: "shop", environment: "prod" };

/** Parts of a region: its group, the stack's workspace, its addresses and names. */
export function regionOf(
  location: string,
  workspace: operationalinsights.Workspace,
  parts = PARTS,
): Omit<RegionalNetworkArgs, keyof Settings | "runner"> {
  const { code = "", zones = false } = REGIONS[location] ?? {};
  const names = new Names(parts).in(code);
  return {
    names,
    tags,
    location,
    addresses: planAddresses(defaultAddressSpace(location) ?? ""),
    zones: zones ? ["1", "2", "3"] : [],
    bastionZones: zones ? ["1", "2", "3"] : [],
    client,
    workspace,
    resourceGroup: new resources.ResourceGroup(`${location}-rg`, {
      resourceGroupName: names.of("rg"),
      location,
    }),
  };
}

/** What all regions share, as far as their networks need it. */
export function sharedLogs() {
  const group = new resources.ResourceGroup("shared-rg", {
    resourceGroupName: "oap-shop-prod-rg",
    location: "westus2",
  });
  const at = { resourceGroupName: group.name, location: "westus2" };
  const workspace = new operationalinsights.Workspace("logs", {
    ...at,
    workspaceName: "oap-shop-prod-log",
    sku: { name: "PerGB2018" },
  });
  const applicationInsights = new applicationinsights.Component("traces", {
    ...at,
    resourceName: "oap-shop-prod-appi",
    kind: "web",
    applicationType: "web",
    workspaceResourceId: workspace.id,
  });
  return { workspace, applicationInsights };
}

/** The networks of some regions, with a private blob store and Azure Monitor in each where services are private. */
export function deployNetworks(settings: Settings, locations: readonly string[] = ["westus2"]) {
  const { workspace, applicationInsights } = sharedLogs();
  const runner = new RunnerNetwork("runner", settings);
  return locations.map((location) => {
    const region = { ...regionOf(location, workspace), ...settings };
    const regionalNetwork = new RegionalNetwork(`${location}-network`, { ...region, runner });
    const { privateEndpointSubnet: subnet, linkedNetworks } = regionalNetwork;
    if (!subnet) return regionalNetwork;
    const at = { resourceGroupName: region.resourceGroup.name, location };
    const endpoint = new monitor.DataCollectionEndpoint(`${location}-dce`, {
      ...at,
      dataCollectionEndpointName: `dce-${location}`,
    });
    const account = new storage.StorageAccount(`${location}-blobs`, {
      ...at,
      accountName: `oapblobs${location}`,
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
    });
    const link = new MonitorPrivateLink(`${location}-monitor`, { ...region, applicationInsights, endpoint });
    new PrivateEndpoints(`${location}-private`, {
      ...region,
      subnet,
      linkedNetworks,
      targets: [
        {
          key: "blob",
          resourceId: account.id,
          groupId: "blob",
          zones: ["privatelink.blob.core.windows.net"],
        },
        link.privateTarget,
      ],
    });
    return regionalNetwork;
  });
}

export function named({ resources }: Rendered, name: string): RegisteredResource {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`The program registered no ${name}`);
  return found;
}

/** Whether the engine creates the first after the second, over however many others. */
export function isAfter(rendered: Rendered, later: string, earlier: string): boolean {
  const direct = rendered.dependenciesOf(later);
  return direct.includes(earlier) || direct.some((name) => isAfter(rendered, name, earlier));
}
