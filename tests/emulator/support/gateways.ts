/** A cluster with an Application Gateway for Containers beside it, in one cloud. */
import { resolveFederation } from "../../../local/azure/access";
import { azureGateways } from "../../../local/kubernetes/cluster/gateways";
import type { JsonObject, ResourceState } from "../../../local/provider/backend";
import { text } from "../../../local/provider/values";
import { Azure, guid, principalOf, roleId } from "../azure-support";
import { TestCluster } from "./kubernetes";
import { clusterNamed } from "./kubernetesPlatform";

export const ALB_CHART = "oci://mcr.microsoft.com/application-lb/charts/alb-controller";
export const RELEASE = "kubernetes:helm.sh/v3:Release";
export const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
export const ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute";
export const CONFIGURATION_MANAGER = "fbc52c3f-28ad-4303-a892-8a056630b8f1";
export const NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7";
export const ISSUER = clusterNamed("one").oidcIssuer ?? "";

type Made = ResourceState & { inputs: JsonObject };

export class GatewayStage {
  public clientId = "";
  public controllerId = "";
  public fqdn = "";
  private principalId = "";
  private subnetId = "";
  private roles = 0;

  private constructor(
    public readonly cluster: TestCluster,
    public readonly azure: Azure,
  ) {}

  /** Everything but the controller in the cluster; `without` leaves parts of Azure's side out. */
  public static async start(...without: readonly string[]): Promise<GatewayStage> {
    const cluster = await TestCluster.start();
    const stage = new GatewayStage(cluster, new Azure({ store: cluster.store }));
    cluster.platform.gateways = azureGateways(cluster.store);
    cluster.platform.exchangeToken = (token) => resolveFederation(cluster.store, token);
    await stage.prepare(new Set(without));
    return stage;
  }

  public install(values: JsonObject = {}, more: JsonObject = {}) {
    return this.cluster.create(RELEASE, "alb", {
      ...{ chart: ALB_CHART, version: "1.10.27", name: "alb-controller", namespace: "kube-system" },
      values: { albController: { podIdentity: { clientID: this.clientId }, ...values } },
      ...more,
    });
  }

  /** A Gateway at the frontend `api`, which the program waits for; `changes` are laid over its spec. */
  public gateway(changes: JsonObject = {}, annotations: JsonObject = {}): JsonObject {
    return {
      metadata: {
        ...{ name: "api", namespace: "apps" },
        annotations: {
          "alb.networking.azure.io/alb-id": this.controllerId,
          "pulumi.com/waitFor": "condition=Programmed",
          ...annotations,
        },
      },
      spec: {
        gatewayClassName: "azure-alb-external",
        listeners: [{ name: "http", port: 80, protocol: "HTTP" }],
        addresses: [{ type: "alb.networking.azure.io/alb-frontend", value: "api" }],
        ...changes,
      },
    };
  }

  public grant(role: string, scope: string): Promise<Made> {
    return this.azure.create("authorization:RoleAssignment", {
      ...{ principalId: this.principalId, principalType: "ServicePrincipal", scope },
      roleDefinitionId: roleId(role),
      roleAssignmentName: guid(++this.roles),
    });
  }

  private async prepare(without: ReadonlySet<string>): Promise<void> {
    await this.azure.group();
    await this.prepareGateway(without);
    const identity = await this.azure.identity("alb");
    this.clientId = text(identity.outputs, "clientId") ?? "";
    this.principalId = principalOf(identity);
    if (!without.has("federation")) {
      await this.azure.create("managedidentity:FederatedIdentityCredential", {
        ...{ resourceGroupName: "rg", resourceName: "alb", federatedIdentityCredentialResourceName: "alb" },
        ...{ issuer: ISSUER, subject: "system:serviceaccount:azure-alb-system:alb-controller-sa" },
        audiences: ["api://AzureADTokenExchange"],
      });
    }
    if (!without.has("manager")) await this.grant(CONFIGURATION_MANAGER, this.controllerId);
    if (!without.has("contributor")) await this.grant(NETWORK_CONTRIBUTOR, this.subnetId);
  }

  private async prepareGateway(without: ReadonlySet<string>): Promise<void> {
    const inGroup = { resourceGroupName: "rg", trafficControllerName: "agc" };
    const network = await this.azure.create("network:VirtualNetwork", {
      ...{ resourceGroupName: "rg", virtualNetworkName: "vnet" },
      addressSpace: { addressPrefixes: ["10.8.0.0/16"] },
      subnets: [
        {
          ...{ name: "agc", addressPrefix: "10.8.1.0/24" },
          delegations: [{ name: "agc", serviceName: "Microsoft.ServiceNetworking/trafficControllers" }],
        },
      ],
    });
    this.subnetId = `${network.id}/subnets/agc`;
    this.controllerId = (
      await this.azure.create("servicenetworking:TrafficControllerInterface", {
        ...inGroup,
        location: "eastus",
      })
    ).id;
    const frontend = await this.azure.create("servicenetworking:FrontendsInterface", {
      ...inGroup,
      frontendName: "api",
    });
    this.fqdn = text(frontend.outputs, "fqdn") ?? "";
    if (without.has("association")) return;
    await this.azure.create("servicenetworking:AssociationsInterface", {
      ...{ ...inGroup, associationName: "cluster" },
      ...{ associationType: "subnets", subnet: { id: this.subnetId } },
    });
  }
}
