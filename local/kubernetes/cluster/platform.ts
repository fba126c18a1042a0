/** What an emulated cluster asks of the cloud around it. */
import type { GatewayPlatform } from "./gateways";

export interface Decision {
  readonly allowed: boolean;
  /** The steps that led to the answer, for people. */
  readonly chain: readonly string[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface NodePool {
  readonly name: string;
  readonly vmSize: string;
  /** How many nodes the pool can have: its maximum where it scales by itself. */
  readonly nodes: number;
  readonly maxPods: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

export interface Cluster {
  /** ARM id. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Host name of the API server. */
  readonly fqdn: string;
  /** What a client says that cannot get through to the API server from where the caller sits. */
  readonly unreachable?: string | undefined;
  /** True where the API server knows Entra ID users only. */
  readonly localAccountsDisabled: boolean;
  /** True where Azure role assignments decide what a user may do in the cluster. */
  readonly azureRbac: boolean;
  /** Undefined where the cluster has no OIDC issuer. */
  readonly oidcIssuer: string | undefined;
  readonly workloadIdentity: boolean;
  /** Object id of the identity with which nodes pull images. */
  readonly kubeletObjectId: string | undefined;
  readonly verticalPodAutoscaler: boolean;
  /** True where nodes are made as pods need them: capacity is no limit. */
  readonly nodeAutoProvisioning: boolean;
  readonly nodePools: readonly NodePool[];
}

/** An image in an emulated registry, with the folder in which its files are. */
export interface LocalImage {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
  readonly folder: string;
  /** OCI archive of the image; undefined where only its files were made. */
  readonly archive: string | undefined;
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** As the image says it: a number, a name, or empty. */
  readonly user: string;
  readonly exposedPort: number | undefined;
}

export interface ServiceAccountToken {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly clientId: string;
}

/** The address that a Service of type LoadBalancer asks for. */
export interface AddressRequest {
  /** Id of the Service in the cloud. */
  readonly owner: string;
  /** `namespace/name`, for messages. */
  readonly service: string;
  /** True for an address of the network, not of the Internet. */
  readonly internal: boolean;
  /** Name of a public IP address that is there already. */
  readonly name: string | undefined;
  /** Resource group of that address. @default the cluster's node resource group */
  readonly resourceGroup: string | undefined;
  /** Name of a subnet of the cluster's network. @default the nodes' */
  readonly subnet: string | undefined;
  /** The address itself. */
  readonly ip: string | undefined;
}

/** The address, or what the cluster's events say where there is none. */
export type AddressAnswer = { readonly address: string } | { readonly problem: string };

export interface ClusterPlatform {
  /** Finds the cluster whose API server has this host name. */
  findCluster(host: string): Cluster | undefined;
  /** May the caller do this to objects of the cluster? `scope` is an ARM id: the cluster's or a namespace's in it. */
  authorize(cluster: Cluster, action: string, scope: string): Decision;
  /** Entra ID tenant of the subscription. */
  readonly tenantId: string;
  /** Object id of the caller, for messages. */
  readonly caller: string;
  /** True where a registry of this host name exists. */
  hasRegistry(loginServer: string): boolean;
  findImage(reference: string): LocalImage | undefined;
  canPull(cluster: Cluster, loginServer: string): Decision;
  exchangeToken(token: ServiceAccountToken): Decision;
  /** An address of the documentation range that no other load balancer of the cloud has. */
  allocatePublicIp(owner: string): string;
  /** @returns undefined where the Service asks for no address in particular. */
  requestedAddress(cluster: Cluster, request: AddressRequest): AddressAnswer | undefined;
  /** What the controller of Application Gateways for Containers asks. */
  readonly gateways: GatewayPlatform;
}
