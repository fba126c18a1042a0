/** What Azure refuses about the size, the routing, the firewall and the certificates of an application gateway. */
import type { JsonObject, ProviderError } from "../../provider/backend";
import { each, number, objects, strings, text } from "../../provider/values";
import { evaluate } from "../access";
import { nameOf } from "../ids";
import { badRequest } from "../networkParts";
import { refusal, type AzureCloud, type Operation, type Refusal } from "../resourceType";

const SKUS = ["Basic", "Standard_v2", "WAF_v2"];

/** https://learn.microsoft.com/azure/application-gateway/v1-retirement: no new gateways of the first version. */
export function refuseCapacity({ inputs, id }: Operation): ProviderError | undefined {
  const [name, tier] = [text(inputs, "sku.name") ?? "", text(inputs, "sku.tier") ?? ""];
  if (!SKUS.includes(name) || name !== tier) {
    return badRequest(
      `Application Gateway ${id} has the SKU name '${name}' and tier '${tier}': both must be the same, one of ` +
        `${SKUS.join(", ")}. The SKUs of the first version take no new gateways.`,
    );
  }
  const capacity = number(inputs, "sku.capacity");
  const least = number(inputs, "autoscaleConfiguration.minCapacity");
  if ((capacity === undefined) === (least === undefined)) {
    return badRequest(
      `Application Gateway ${id} must have either sku.capacity or autoscaleConfiguration, and not both.`,
    );
  }
  const most = number(inputs, "autoscaleConfiguration.maxCapacity") ?? 10;
  const isOff = (value: number | undefined, low: number, high: number): boolean =>
    value !== undefined && (value < low || value > high);
  // https://learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant
  return isOff(capacity, 1, 125) ||
    isOff(least, 0, 100) ||
    (least !== undefined && isOff(most, Math.max(2, least), 125))
    ? badRequest(
        `The capacity of Application Gateway ${id} is out of range: 1 to 125, or autoscaling from 0-100 to 2-125, got ` +
          (capacity === undefined ? `${least ?? ""} to ${most}.` : `${capacity}.`),
      )
    : undefined;
}

export const refuseRules: readonly Refusal<Operation>[] = [
  refuseListeners,
  refuseRouting,
  refuseProbes,
  refuseTls,
];

function refuseListeners({ inputs, id }: Operation): ProviderError | undefined {
  const naked = objects(inputs, "httpListeners").find(
    (listener) => text(listener, "protocol") === "Https" && text(listener, "sslCertificate.id") === undefined,
  );
  return naked === undefined
    ? undefined
    : badRequest(
        `Http Listener ${id}/httpListeners/${text(naked, "name") ?? ""} with protocol Https must reference an SslCertificate.`,
      );
}

/** https://learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order */
function refuseRouting({ inputs, id }: Operation): ProviderError | undefined {
  const rules = objects(inputs, "requestRoutingRules");
  if (rules.length === 0)
    return badRequest(`Application Gateway ${id} must have at least one request routing rule.`);
  const taken = new Map<string, string>();
  for (const rule of rules) {
    const name = `${id}/requestRoutingRules/${text(rule, "name") ?? ""}`;
    const priority = number(rule, "priority");
    if (priority === undefined) {
      return refusal(
        "ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty",
        `Priority for the request routing rule ${name} cannot be empty. All request routing rules should have a ` +
          "priority defined starting from api-version 2021-08-01.",
      );
    }
    if (priority < 1 || priority > 20000) {
      return badRequest(
        `Priority ${priority} of the request routing rule ${name} must be between 1 and 20000.`,
      );
    }
    for (const key of [`priority ${priority}`, `listener ${text(rule, "httpListener.id") ?? ""}`]) {
      const other = taken.get(key);
      if (other !== undefined)
        return badRequest(`Request routing rules ${other} and ${name} have the same ${key}.`);
      taken.set(key, name);
    }
    const isWhole = RULE_TARGETS.some((keys) => keys.every((key) => text(rule, `${key}.id`) !== undefined));
    if (!isWhole)
      return badRequest(`Request routing rule ${name} names no backend, path map or redirection.`);
  }
  return undefined;
}

/** What a rule leads to: a pool with its settings, a map of paths, or a redirection. */
const RULE_TARGETS = [
  ["backendAddressPool", "backendHttpSettings"],
  ["urlPathMap"],
  ["redirectConfiguration"],
] as const;

/** https://learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview#custom-health-probe-settings */
function refuseProbes({ inputs, id }: Operation): ProviderError | undefined {
  const nameless = objects(inputs, "probes").find(
    (probe) => text(probe, "host") === undefined && probe["pickHostNameFromBackendHttpSettings"] !== true,
  );
  return nameless === undefined
    ? undefined
    : badRequest(
        `Probe ${id}/probes/${text(nameless, "name") ?? ""} must have a host or pick it from the backend HTTP settings.`,
      );
}

/** https://learn.microsoft.com/azure/application-gateway/application-gateway-tls-version-retirement: since 2025-08-31. */
function refuseTls({ inputs, id }: Operation): ProviderError | undefined {
  const policy = text(inputs, "sslPolicy.policyName") ?? "";
  const version = text(inputs, "sslPolicy.minProtocolVersion") ?? "";
  const isOld =
    ["AppGwSslPolicy20150501", "AppGwSslPolicy20170401"].includes(policy) || /^TLSv1_[01]$/.test(version);
  return isOld
    ? badRequest(
        `The TLS policy ${policy || version} of ${id} allows TLS 1.0 or 1.1, which are retired. Use AppGwSslPolicy20220101S.`,
      )
    : undefined;
}

/** MicrosoftDocs/azure-docs#61654: a policy goes with the SKU of the firewall. */
export function refuseFirewall({ inputs, id }: Operation): ProviderError | undefined {
  const policies = each(inputs, "firewallPolicy.id").concat(
    each(inputs, "httpListeners[].firewallPolicy.id"),
  );
  const hasFirewall = policies.length > 0 || inputs["webApplicationFirewallConfiguration"] !== undefined;
  const isFirewall = text(inputs, "sku.name") === "WAF_v2";
  if (hasFirewall === isFirewall) return undefined;
  return isFirewall
    ? refusal(
        "ApplicationGatewayFirewallNotConfiguredForSelectedSku",
        `Application Gateway ${id} with the SKU tier WAF_v2 must have a firewall policy.`,
      )
    : refusal(
        "ApplicationGatewayFirewallCannotBeEnabledForSelectedSku",
        `Application Gateway ${id} with the SKU tier ${text(inputs, "sku.tier") ?? ""} cannot have a firewall policy.`,
      );
}

export const refuseCertificates: readonly Refusal<Operation>[] = [refuseIdentity, refuseVaultAccess];

/** https://learn.microsoft.com/azure/application-gateway/key-vault-certs */
function refuseIdentity({ inputs, id }: Operation): ProviderError | undefined {
  const type = text(inputs, "identity.type");
  if (type !== undefined && type !== "UserAssigned") {
    return badRequest(
      `Application Gateway ${id} takes user-assigned identities alone, got identity type ${type}.`,
    );
  }
  return secretIds(inputs).length > 0 && type === undefined
    ? badRequest(
        `Application Gateway ${id} has certificates of a Key Vault and no user-assigned identity to read them.`,
      )
    : undefined;
}

/**
 * The identity must be able to read the secret when the gateway comes. Whether the certificate is there is not asked:
 * certificates are made in the vault itself, beside the resources.
 */
function refuseVaultAccess({ cloud, inputs, id }: Operation): ProviderError | undefined {
  const identity = cloud.store.get(strings(inputs, "identity.userAssignedIdentities")[0] ?? "");
  const principal = text(identity?.properties, "principalId") ?? "";
  for (const secretId of secretIds(inputs)) {
    const vault = vaultOf(cloud, secretId);
    const action = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
    const decision = vault === undefined ? undefined : evaluate(cloud.store, principal, action, vault);
    if (decision?.allowed === true) continue;
    const why = decision === undefined ? `no vault answers at ${secretId}` : decision.chain.join("; ");
    return refusal(
      "ApplicationGatewayKeyVaultSecretException",
      `Problem occured while accessing and validating KeyVault Secrets associated with Application Gateway '${id}'. ` +
        `See details below: (${nameOf(identity?.id ?? "")}: ${why})`,
    );
  }
  return undefined;
}

function secretIds(inputs: JsonObject): string[] {
  return each(inputs, "sslCertificates[].keyVaultSecretId")
    .concat(each(inputs, "trustedRootCertificates[].keyVaultSecretId"))
    .filter((secretId) => typeof secretId === "string");
}

/** Id of the vault whose address a secret's address begins with. */
function vaultOf(cloud: AzureCloud, secretId: string): string | undefined {
  const vaults = cloud.store.list({ type: "Microsoft.KeyVault/vaults" });
  return vaults.find(({ properties }) => {
    const uri = text(properties, "properties.vaultUri");
    return uri !== undefined && secretId.toLowerCase().startsWith(uri.toLowerCase());
  })?.id;
}
