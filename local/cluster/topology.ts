/**
 * The cluster's machines and networks. Machines are sets of Linux namespaces on one network of their own; this machine
 * reaches it by one interface.
 */
export interface Node {
  readonly name: string;
  readonly address: string;
  /** Addresses of the node's pods. */
  readonly podCidr: string;
  /** Availability zone that the node claims to be in. */
  readonly zone: string;
}

/** Private network of the whole cluster: `up` refuses where this machine has a route into it. */
export const CLUSTER_CIDR = "10.213.0.0/16";
/** Length of the prefix of the machines' network. */
export const MACHINE_PREFIX_LENGTH = 24;
export const SERVICE_CIDR = "10.213.16.0/20";
export const POD_CIDR = "10.213.128.0/17";

/** This machine, on the machines' network. */
export const HOST_ADDRESS = "10.213.0.1";
/** Interface of this machine on the machines' network. */
export const HOST_INTERFACE = "aks-cluster";
/** First addresses of the services' network: Kubernetes takes the first for its own API. */
export const API_SERVICE_ADDRESS = "10.213.16.1";
/** The same place as on AKS: the tenth address. */
export const DNS_SERVICE_ADDRESS = "10.213.16.10";

export const CONTROL_PLANE = { name: "control-plane", address: "10.213.0.2" };
export const API_SERVER = `https://${CONTROL_PLANE.address}:6443`;
export const REGION = "local";
/** The machine that is the others' network switch. */
export const SWITCH = "switch";

/** Two, so that one can be drained. */
export const NODES: readonly Node[] = [1, 2].map((number) => ({
  name: `node-${number}`,
  address: `10.213.0.${10 + number}`,
  podCidr: `10.213.${128 + number}.0/24`,
  zone: `${REGION}-${number}`,
}));

/** Kubernetes' default range. On this machine's loopback address these ports lead into the cluster. */
export const NODE_PORTS = { first: 30000, last: 32767 };
