/** A cloud for tests of the emulated Kubernetes: clusters, a registry with one image, answers as the test wants them. */
import { join } from "node:path";
import type {
  AddressAnswer,
  AddressRequest,
  Cluster,
  ClusterPlatform,
  Decision,
  LocalImage,
} from "../../../local/kubernetes/cluster/platform";
import type { GatewayPlatform } from "../../../local/kubernetes/cluster/gateways";
import type { JsonObject } from "../../../local/provider/backend";

export const REGISTRY = "testregistry.azurecr.io";
export const IMAGE = `${REGISTRY}/api:1`;
const SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630";
const YES: Decision = { allowed: true, chain: ["granted by the test"] };

export function denied(why: string): Decision {
  return { allowed: false, chain: [why] };
}

export function clusterNamed(name: string, more: Partial<Cluster> = {}): Cluster {
  const location = "westeurope";
  return {
    id: `/subscriptions/s/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/${name}`,
    name,
    location,
    fqdn: `${name}.hcp.${location}.azmk8s.io`,
    localAccountsDisabled: true,
    azureRbac: true,
    oidcIssuer: `https://${location}.oic.prod-aks.azure.com/tenant/${name}/`,
    workloadIdentity: true,
    kubeletObjectId: "kubelet",
    verticalPodAutoscaler: true,
    nodeAutoProvisioning: false,
    nodePools: [
      {
        name: "system",
        vmSize: "Standard_D4s_v5",
        nodes: 2,
        maxPods: 110,
        labels: { zone: "a" },
        taints: [],
      },
    ],
    ...more,
  };
}

export const FIXTURE_IMAGE: LocalImage = {
  registry: REGISTRY,
  repository: "api",
  digest: `sha256:${"a".repeat(64)}`,
  folder: join(__dirname, "..", "fixtures", "image"),
  archive: undefined,
  entrypoint: ["/nodejs/bin/node", "/app/server.js"],
  env: { NODE_ENV: "production", PORT: "8080" },
  user: "1000:1000",
  exposedPort: 8080,
};

/** A cloud in which everything is allowed; tests put other answers in place of these. */
export class TestPlatform implements ClusterPlatform {
  public readonly caller = "deployer";
  public readonly tenantId = "tenant";
  public clusters: Cluster[] = [clusterNamed("one")];
  public access = YES;
  public pullAccess = YES;
  public federation = YES;
  public exchangeToken: ClusterPlatform["exchangeToken"] = () => this.federation;
  public address: AddressAnswer | undefined;
  public gateways: GatewayPlatform = {
    trafficController: () => undefined,
    hasFirewallPolicy: () => false,
    evaluate: () => YES,
  };
  public images = new Map([[IMAGE, FIXTURE_IMAGE]]);
  public readonly asked: string[] = [];
  public readonly requests: AddressRequest[] = [];
  private addresses = 9;

  public findCluster(host: string): Cluster | undefined {
    return this.clusters.find(({ fqdn }) => fqdn === host);
  }
  public authorize(_cluster: Cluster, action: string, scope: string): Decision {
    this.asked.push(`${action} on ${scope}`);
    return this.access;
  }
  public hasRegistry(loginServer: string): boolean {
    return loginServer === REGISTRY;
  }
  public findImage(reference: string): LocalImage | undefined {
    return this.images.get(reference);
  }
  public canPull(): Decision {
    return this.pullAccess;
  }

  public requestedAddress(_cluster: Cluster, request: AddressRequest): AddressAnswer | undefined {
    this.requests.push(request);
    return this.address;
  }
  public allocatePublicIp(): string {
    this.addresses += 1;
    return `203.0.113.${this.addresses}`;
  }
}

export function kubeconfig(host: string, user: JsonObject = kubeloginUser()): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: `https://${host}:443` } }],
    users: [{ name: "u", user }],
  });
}

export function kubeloginUser(login = "azurecli", serverId = SERVER_ID): JsonObject {
  return {
    exec: { command: "kubelogin", args: ["get-token", "--login", login, "--server-id", serverId] },
  };
}
