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
import { tags } from "./dataFixture";
import { client, PARTS, regionOf, settingsOf, sharedLogs } from "./networkFixture";

export interface Edge {
  readonly edge?: Partial<EdgeSettings>;
  readonly locations?: readonly string[];
}

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
