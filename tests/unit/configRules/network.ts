import { type Row, RUNNERS, SYSTEM } from "./row";

const HUB = { topology: "hubAndSpoke" };
const BEHIND_GATEWAY = { regional: "applicationGateway" };

/** Regions, address spaces, and the ways out. */
export const networkRows: Readonly<Record<string, Row>> = {
  "a home region that the platform does not know": {
    change: { location: "mars1" },
    path: "azure-native:location",
    names: ["mars1", "westus2, eastus"],
    mend: { location: "westus3" },
  },
  "a region that the platform does not know": {
    change: { regions: ["westus2", "mars1"] },
    path: "regions[1]",
    names: ["mars1", "westus2, eastus"],
    mend: { regions: ["westus2", "eastus"] },
  },
  "an address space for a region that the stack does not run in": {
    change: { network: { addressSpaces: { eastus: "10.99.0.0/16" } } },
    path: "network.addressSpaces.eastus",
    names: ["eastus with regions westus2", "runs in"],
    mend: { regions: ["westus2", "eastus"] },
  },
  "an address space that is too small": {
    change: { network: { addressSpaces: { westus2: "10.99.0.0/20" } } },
    path: "network.addressSpaces.westus2",
    names: ["10.99.0.0/20", "a /16"],
    mend: { network: { addressSpaces: { westus2: "10.99.0.0/16" } } },
  },
  "an address space around the build agents'": {
    stack: "prod",
    change: {
      regions: ["westus2"],
      network: { addressSpaces: { westus2: "10.15.0.0/16" } },
    },
    path: "network.addressSpaces.westus2",
    names: ["10.15.0.0/16", "registry.buildAgents (10.15.0.0/24)"],
    mend: { network: { addressSpaces: { westus2: "10.99.0.0/16" } } },
  },
  "an address space that Azure keeps": {
    change: { network: { addressSpaces: { westus2: "172.30.0.0/16" } } },
    path: "network.addressSpaces.westus2",
    names: ["172.30.0.0/16", "keeps for itself"],
    mend: { network: { addressSpaces: { westus2: "172.29.0.0/16" } } },
  },
  "pods in a network that AKS keeps": {
    change: { cluster: { podCidr: "172.31.0.0/16" } },
    path: "cluster.podCidr",
    names: ["172.31.0.0/16", "keeps for itself"],
    mend: { cluster: { podCidr: "10.200.0.0/16" } },
  },
  "pods where the services are": {
    change: { cluster: { podCidr: "172.16.0.0/16" } },
    path: "cluster.podCidr",
    names: ["172.16.0.0/16", "cluster.serviceCidr (172.16.0.0/16)"],
    mend: { cluster: { podCidr: "192.168.0.0/16" } },
  },
  "pods where the region is": {
    change: { cluster: { podCidr: "10.16.0.0/16" } },
    path: "cluster.podCidr",
    names: ["10.16.0.0/16", "network.addressSpaces.westus2 (10.16.0.0/16)"],
    mend: { cluster: { podCidr: "192.168.0.0/16" } },
  },
  "two regions in one network": {
    stack: "prod",
    change: { network: { addressSpaces: { westus2: "10.18.0.0/16" } } },
    path: "network.addressSpaces.westus2",
    names: ["10.18.0.0/16", "network.addressSpaces.eastus2 (10.18.0.0/16)"],
    mend: { network: { addressSpaces: { eastus2: "10.99.0.0/16" } } },
  },
  "a network of services that is too large": {
    change: { cluster: { serviceCidr: "172.0.0.0/12" } },
    path: "cluster.serviceCidr",
    names: ["172.0.0.0/12", "smaller than /12"],
    mend: { cluster: { serviceCidr: "172.16.0.0/16" } },
  },
  "a network of services without room for DNS": {
    change: { cluster: { serviceCidr: "172.16.0.0/29" } },
    path: "cluster.serviceCidr",
    names: ["172.16.0.0/29", "tenth address"],
    mend: { cluster: { serviceCidr: "172.16.0.0/28" } },
  },
  "pods of more nodes than fit": {
    change: { cluster: { podCidr: "192.168.0.0/24" } },
    path: "cluster.podCidr",
    names: ["192.168.0.0/24", "room for 2 nodes", "holds 1"],
    mend: { cluster: { podCidr: "192.168.0.0/23" } },
  },
  "not even the pods of one node": {
    change: { cluster: { podCidr: "192.168.0.0/25" } },
    path: "cluster.podCidr",
    names: ["192.168.0.0/25", "holds 0"],
    mend: { cluster: { podCidr: "192.168.0.0/23" } },
  },
  "more nodes than the subnet holds": {
    change: {
      cluster: {
        podCidr: "10.128.0.0/9",
        nodePools: [1000, 1000, 1].map((maxCount, index) => ({
          ...SYSTEM,
          name: `p${index}`,
          minCount: 1,
          maxCount,
        })),
        allowSmallSystemPool: true,
      },
    },
    path: "cluster.nodePools",
    names: ["2001 nodes", "2000 nodes"],
    mend: { cluster: { nodePools: [{ ...SYSTEM, maxCount: 1000 }] } },
  },
  "a firewall without the hub that it lives in": {
    change: { network: { egress: "firewall" }, edge: BEHIND_GATEWAY },
    path: "network.egress",
    names: ["firewall with network.topology spoke", "hubAndSpoke"],
    mend: { network: HUB },
  },
  "intrusion detection in the Standard tier": {
    change: { network: { ...HUB, egress: "firewall", firewall: { tier: "Standard" } }, edge: BEHIND_GATEWAY },
    path: "network.firewall.intrusionDetection",
    names: ["Deny with network.firewall.tier Standard", "Premium"],
    mend: { network: { firewall: { intrusionDetection: "Off" } } },
  },
  "a public load balancer whose answers leave by the firewall": {
    change: { network: { ...HUB, egress: "firewall" } },
    path: "network.egress",
    names: ["firewall with edge.regional loadBalancer", "asymmetric routing"],
    mend: { edge: BEHIND_GATEWAY },
  },
  "Bastion without a hub": {
    change: { network: { bastion: "Standard" } },
    path: "network.bastion",
    names: ["Standard with network.topology spoke", "hub"],
    mend: { network: HUB },
  },
  "a VPN gateway without a hub": {
    change: { network: { vpnGateway: "VpnGw1AZ" } },
    path: "network.vpnGateway",
    names: ["VpnGw1AZ with network.topology spoke", "hub"],
    mend: { network: HUB },
  },
  "a private stack whose deployer is nowhere": {
    stack: "prod",
    change: { network: { runnerNetwork: null } },
    path: "cluster.allowPublicApiServer",
    names: ["network.runnerNetwork null", "network.runnerNetwork (bootstrap/"],
    mend: { network: { runnerNetwork: RUNNERS } },
  },
};
