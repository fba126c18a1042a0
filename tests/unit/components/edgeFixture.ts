import * as containerservice from "@pulumi/azure-native/containerservice";
import * as resources from "@pulumi/azure-native/resources";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import { FrontDoor } from "../../../components/edge/frontDoor";
import { FrontDoorRoutes } from "../../../components/edge/frontDoorRoutes";
import { RegionalEntrance } from "../../../components/edge/regionalEntrance";
import { TrafficManager } from "../../../components/edge/trafficManager";
import { RegionalNetwork } from "../../../components/network/regionalNetwork";
import { KeyVault } from "../../../components/security/keyVault";
import { type EdgeSettings, Names } from "../../../config";
import { REGIONS } from "../../../config/regions";
import { render, type Rendered, tags, valueOf } from "./dataFixture";
import type { RegisteredResource } from "../../support/pulumi";
import { client, PARTS, regionOf, settingsOf, sharedLogs } from "./networkFixture";

export interface Edge {
  readonly edge?: Partial<EdgeSettings>;
  readonly locations?: readonly string[];
}

/** Regions with availability zones. */
export const BOTH = ["westus2", "westus3"];
export const TLS = { hostName: "api.example.com", certificateName: "api" };

/** The entrances of some regions, and what is in front of all of them. */
export function deployEdge({ edge: change = {}, locations = ["westus2"] }: Edge) {
  const settings = settingsOf("lightweight", { edge: change });
  const { workspace } = sharedLogs();
  const resourceGroup = new resources.ResourceGroup("edge-rg", {
    resourceGroupName: "oap-shop-prod-edge-rg",
    location: "westus2",
  });
  const { edge } = settings;
  const global = { names: new Names(PARTS), tags, edge, client, resourceGroup, workspace };
  const frontDoor = edge.global === "frontDoor" ? new FrontDoor("front-door", global) : undefined;
  const entrances = locations.map((location) => {
    const region = { ...settings, ...regionOf(location, workspace) };
    const code = REGIONS[location]?.code ?? "";
    return new RegionalEntrance(`${location}-entrance`, {
      ...region,
      code,
      labels: { "app.kubernetes.io/part-of": "shop" },
      regionalNetwork: new RegionalNetwork(`${location}-network`, region),
      platform: edge.regional === "applicationGatewayForContainers" ? clusterOf(location) : NO_CLUSTER,
      vault: new KeyVault(`${location}-vault`, { ...region, code }),
      frontDoorId: frontDoor?.frontDoorId,
    });
  });
  const origins = entrances.map(({ origin }) => origin);
  const routes = frontDoor ? new FrontDoorRoutes("routes", { ...global, frontDoor, origins }) : undefined;
  const dns =
    edge.global === "trafficManager" ? new TrafficManager("dns", { ...global, origins }) : undefined;
  return { frontDoor, entrances, routes, dns };
}

/** Nothing but the gateway for containers looks at the cluster. */
const NO_CLUSTER = {} as unknown as ReturnType<typeof clusterOf>;

function clusterOf(location: string) {
  return {
    cluster: new containerservice.ManagedCluster(`${location}-aks`, {
      resourceGroupName: "rg",
      resourceName: "oap-aks",
      nodeResourceGroup: "oap-aks-nodes-rg",
    }),
    oidcIssuerUrl: pulumi.output("https://oidc.example/tenant/1/"),
    kubernetes: new kubernetes.Provider(`${location}-kubernetes`, { kubeconfig: "{}" }),
  };
}

/** What a deployment registered, and what its parts say. */
export interface Deployed extends Rendered {
  readonly urls: readonly string[];
  readonly exposures: readonly Record<string, unknown>[];
  readonly checkedByApi: readonly (string | undefined)[];
  readonly records: readonly unknown[];
}

/** Deploys to mocks, tells the entrances of the API, and reads what they give. */
export async function deploy(
  edge: Partial<EdgeSettings>,
  locations: readonly string[] = BOTH,
): Promise<Deployed> {
  let reading: Promise<unknown[]> = Promise.resolve([]);
  const rendered = await render(() => {
    const { entrances, routes, dns } = deployEdge({ edge, locations });
    const service = { name: pulumi.output("api"), namespace: pulumi.output("api"), port: 80 };
    for (const entrance of entrances) entrance.publish(service);
    reading = Promise.all([
      valueOf(
        pulumi.all([...[routes, dns].flatMap((part) => part?.url ?? []), ...entrances.map(({ url }) => url)]),
      ),
      valueOf(pulumi.output(entrances.map(({ exposure }) => exposure))),
      valueOf(pulumi.all(entrances.map(({ frontDoorId }) => frontDoorId))),
      valueOf(pulumi.output([routes, dns, ...entrances].flatMap((part) => [...(part?.dnsRecords ?? [])]))),
    ]);
  });
  const [urls, exposures, checkedByApi, records] = (await reading) as [
    string[],
    Record<string, unknown>[],
    (string | undefined)[],
    unknown[],
  ];
  return { ...rendered, urls, exposures, checkedByApi, records };
}

/** Inputs of the resource of that name. */
export function named(resources: readonly RegisteredResource[], name: string): Record<string, unknown> {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`The program registered no ${name}`);
  return found.inputs;
}
