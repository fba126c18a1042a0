import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { checkArtifactCache } from "./registry";
import { refuseWhere, type Rule } from "./rule";

/** Registry, security and edge. */
export const serviceRules: readonly Rule[] = [
  checkPremiumRegistry,
  refuseWhere(
    ({ network, registry, api }) =>
      !network.allowPublicServiceEndpoints && !registry.buildAgents && api.image.digest === null,
    () => ({
      path: "registry.buildAgents",
      got: "false with network.allowPublicServiceEndpoints false and api.image.digest null",
      allowed: "agents in the platform's network: the registry's own ones cannot reach a private registry",
      fix: "set registry.buildAgents to true, or name an image that is built elsewhere by api.image.digest",
    }),
  ),
  refuseWhere(
    ({ registry, api }) => registry.quarantine && api.image.digest === null,
    () => ({
      path: "registry.quarantine",
      got: "true with api.image.digest null",
      allowed:
        "a released image by its digest: one that the stack builds stays in quarantine, and pods cannot pull it",
      fix: "name the released image by api.image.digest, or set registry.quarantine to false",
    }),
  ),
  ...(["customerManagedDiskKey", "etcdEncryption"] as const).map((feature) =>
    refuseWhere(
      ({ security }) => security[feature] && security.keyVault.allowPurge,
      () => ({
        path: `security.${feature}`,
        got: "true with security.keyVault.allowPurge true",
        allowed: "a vault with purge protection: without the key, the data is lost",
        fix: `set security.keyVault.allowPurge to false, or security.${feature} to false`,
      }),
    ),
  ),
  refuseWhere(
    ({ security, network, cluster }) =>
      security.etcdEncryption && !network.allowPublicServiceEndpoints && cluster.allowPublicApiServer,
    () => ({
      path: "security.etcdEncryption",
      got: "true with a private vault (network.allowPublicServiceEndpoints false) and a public API server",
      allowed: "a vault that the API server reaches: a private one only from an API server in the VNet",
      fix: "set cluster.allowPublicApiServer to false, or network.allowPublicServiceEndpoints to true",
    }),
  ),
  refuseWhere(
    ({ cluster }) => cluster.costAnalysis && cluster.tier === "Free",
    () => ({
      path: "cluster.costAnalysis",
      got: "true with cluster.tier Free",
      allowed: "true with Standard or Premium",
      fix: "set cluster.tier to Standard, or cluster.costAnalysis to false",
    }),
  ),
  refuseWhere(
    ({ edge }) => edge.tls === null && !edge.allowUnencryptedOrigin,
    () => ({
      path: "edge.allowUnencryptedOrigin",
      got: "false with edge.tls null",
      allowed: "a certificate for the regional entrance, or the opt-out",
      fix: "set edge.tls to a host name and a certificate of the vault, or edge.allowUnencryptedOrigin to true",
    }),
  ),
  refuseWhere(
    ({ edge }) => edge.tls !== null && edge.regional !== "applicationGateway",
    ({ edge }) => ({
      path: "edge.tls",
      got: `${edge.tls?.hostName ?? ""} with edge.regional ${edge.regional}`,
      allowed:
        "null without an Application Gateway: a load balancer does not end TLS, and Application Gateway for Containers " +
        "takes no certificate from a vault",
      fix: "set edge.regional to applicationGateway, or edge.tls to null and edge.allowUnencryptedOrigin to true",
    }),
  ),
  refuseWhere(
    ({ edge, security }) =>
      edge.regional === "applicationGatewayForContainers" && !security.allowNodeResourceGroupChanges,
    ({ edge }) => ({
      path: "security.allowNodeResourceGroupChanges",
      got: `false with edge.regional ${edge.regional}`,
      allowed:
        "true with Application Gateway for Containers: its controller needs a role in the node resource group, where the " +
        "lock-down denies every write, role assignments too",
      fix: "set security.allowNodeResourceGroupChanges to true, or edge.regional to applicationGateway",
    }),
  ),
  checkArtifactCache,
];

function checkPremiumRegistry({ registry, network }: Settings): ConfigProblem[] {
  if (registry.sku === "Premium") return [];
  const premium: readonly [string, unknown, boolean, unknown][] = [
    ["registry.untaggedRetentionDays", registry.untaggedRetentionDays, registry.untaggedRetentionDays > 0, 0],
    ["registry.geoReplication", true, registry.geoReplication, false],
    ["registry.quarantine", true, registry.quarantine, false],
    ["registry.buildAgents", true, registry.buildAgents, false],
    ["network.allowPublicServiceEndpoints", false, !network.allowPublicServiceEndpoints, true],
  ];
  return premium
    .filter(([, , asked]) => asked)
    .map(([path, got, , without]) => ({
      path,
      got: `${String(got)} with registry.sku ${registry.sku}`,
      allowed: `${String(without)}: only a Premium registry has it`,
      fix: `set registry.sku to Premium, or ${path} to ${String(without)}`,
    }));
}
