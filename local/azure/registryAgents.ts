/** Agents that build images, and whether the registry lets them push. */
import type { CloudRecord } from "../cloud/store";
import type { ProviderError } from "../provider/backend";
import { number, text } from "../provider/values";
import { nameOf, ownerIdOf } from "./ids";
import { canReach, canReachPublicly } from "./reachability";
import { registryIdOf } from "./registryRules";
import { refusal, type AzureCloud, type Operation } from "./resourceType";

function poolOf(cloud: AzureCloud, id: string, name: string): CloudRecord | undefined {
  return cloud.store.get(`${registryIdOf(id)}/agentPools/${name}`);
}

/** A run that names a pool waits for it: it must be one of the registry's. */
export function refuseAgentPool({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const name = text(inputs, "runRequest.agentPoolName");
  if (name === undefined) return undefined;
  const pool = poolOf(cloud, id, name);
  if (pool === undefined) {
    return refusal(
      "AgentPoolNotFound",
      `The agent pool '${name}' was not found in the registry '${nameOf(registryIdOf(id))}'.`,
    );
  }
  return number(pool.properties, "count") === 0
    ? refusal(
        "AgentPoolEmpty",
        `The agent pool '${name}' has no agents (count 0): the run would wait for ever.`,
      )
    : undefined;
}

/**
 * ACR's own agents come from public addresses. Since June 2025 a network-restricted registry refuses them unless
 * `networkRuleBypassAllowedForTasks` is set, which this version of the API (2023-01-01-preview) does not have
 * (https://learn.microsoft.com/azure/container-registry/manage-network-bypass-policy-for-tasks). Agents of a pool in a
 * virtual network take the way that the network has.
 */
export function blockedAgents({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const registry = cloud.store.get(registryIdOf(id));
  if (registry === undefined) return undefined;
  const name = text(inputs, "runRequest.agentPoolName");
  const subnet = text(
    name === undefined ? undefined : poolOf(cloud, id, name)?.properties,
    "virtualNetworkSubnetResourceId",
  );
  const decision =
    subnet === undefined
      ? canReachPublicly(registry)
      : canReach(cloud.store, ownerIdOf(subnet) ?? "", registry.id);
  return decision.allowed
    ? undefined
    : refusal(
        "TaskRunFailed",
        `Run of ${id} failed: failed to login, ran out of retries: denied: client with IP '20.51.16.6' is not allowed access. ` +
          `Refer https://aka.ms/acr/firewall to grant access. (${decision.chain.join("; ")})`,
      );
}
