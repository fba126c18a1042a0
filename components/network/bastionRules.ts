import { ALLOW_PROBES, DENY_INBOUND, type SecurityRule } from "./securityRule";

const BASTION_HOSTS = { from: "VirtualNetwork", to: "VirtualNetwork", ports: ["8080", "5701"] } as const;

/** Azure checks these one by one (https://learn.microsoft.com/azure/bastion/bastion-nsg). */
export const BASTION_RULES: readonly SecurityRule[] = [
  {
    name: "AllowHttpsFromInternet",
    priority: 100,
    why: "People come in over TLS, behind Microsoft Entra ID",
    from: "Internet",
    protocol: "Tcp",
    ports: ["443"],
  },
  {
    name: "AllowGatewayManager",
    priority: 110,
    why: "Azure operates Bastion",
    from: "GatewayManager",
    protocol: "Tcp",
    ports: ["443"],
  },
  { ...ALLOW_PROBES, protocol: "Tcp", ports: ["443"] },
  { ...BASTION_HOSTS, name: "AllowBastionHosts", priority: 130, why: "Bastion's hosts reach one another" },
  DENY_INBOUND,
  {
    direction: "Outbound",
    name: "AllowMachines",
    priority: 100,
    why: "SSH and RDP to machines",
    to: "VirtualNetwork",
    protocol: "Tcp",
    ports: ["22", "3389"],
  },
  {
    direction: "Outbound",
    name: "AllowApiServer",
    priority: 105,
    why: "Tunnels of native clients to a private API server",
    to: "VirtualNetwork",
    protocol: "Tcp",
    ports: ["443"],
  },
  {
    direction: "Outbound",
    name: "AllowAzureCloud",
    priority: 110,
    why: "Bastion's control plane and diagnostics",
    to: "AzureCloud",
    protocol: "Tcp",
    ports: ["443"],
  },
  {
    ...BASTION_HOSTS,
    direction: "Outbound",
    name: "AllowBastionHostsOutbound",
    priority: 120,
    why: "Bastion's hosts reach one another",
  },
  {
    direction: "Outbound",
    name: "AllowCertificateChecks",
    priority: 130,
    why: "Certificates are validated and sessions looked up over HTTP",
    to: "Internet",
    protocol: "Tcp",
    ports: ["80"],
  },
  {
    direction: "Outbound",
    name: "DenyAllOutbound",
    priority: 4096,
    why: "Nothing else goes out",
    access: "Deny",
  },
];
