import type { CloudRecord } from "../../cloud/store";
import type { ProviderError } from "../../provider/backend";
import { each, text } from "../../provider/values";
import { inGroup, nameOf, sameId } from "../ids";
import { describeTypes, refusal, type AzureCloud, type Deletion, type Operation } from "../resourceType";
import {
  badRequest,
  CDN_API,
  CHILD_COMPUTED,
  cdnName,
  childOutputs,
  CUSTOM_DOMAIN,
  hashLabel,
  profileOf,
  refuseOtherProfile,
  ROUTE,
  SECURITY_POLICY,
  usersOf,
} from "./cdnParts";
import { DNS_RECORD_SET } from "./dns";

/** https://learn.microsoft.com/azure/frontdoor/domain#domain-validation: a token is good for seven days. */
const TOKEN_DAYS = 7;

export const customDomains = describeTypes({
  token: "cdn:AFDCustomDomain",
  shape: inGroup(CUSTOM_DOMAIN, "profileName", "customDomainName"),
  apiVersion: CDN_API,
  autoName: "copy",
  name: cdnName(260, 2),
  located: false,
  required: ["hostName"],
  references: ["azureDnsZone.id", "preValidatedCustomDomainResourceId.id", "tlsSettings.secret.id"],
  defaults: () => ({ tlsSettings: { certificateType: "ManagedCertificate", minimumTlsVersion: "TLS12" } }),
  computed: [...CHILD_COMPUTED, "domainValidationState", "validationProperties"],
  compute: ({ cloud, id, keep }) => ({
    ...childOutputs(),
    domainValidationState: "Pending",
    validationProperties: keep("validationProperties", () => ({
      validationToken: `_${hashLabel(`${id}/${cloud.now().toISOString()}`, 31)}`,
      expirationDate: new Date(cloud.now().getTime() + TOKEN_DAYS * 86_400_000).toISOString(),
    })),
  }),
  seconds: { create: 15, update: 12, delete: 15 },
  refuse: [refuseHost, refuseTakenDomain, refuseTls, refuseOtherProfile("tlsSettings.secret.id")],
  refuseDelete: [refuseDomainInUse],
  live: (cloud, record) => (isProven(cloud, record) ? { domainValidationState: "Approved" } : {}),
});

/** A TXT record `_dnsauth` of the domain with the token proves who owns the domain. */
function isProven(cloud: AzureCloud, { properties }: CloudRecord): boolean {
  const host = text(properties, "hostName")?.toLowerCase() ?? "";
  const token = text(properties, "validationProperties.validationToken");
  return cloud.store
    .list({ type: DNS_RECORD_SET })
    .some(
      (record) =>
        text(record.properties, "fqdn")?.toLowerCase() === `_dnsauth.${host}.` &&
        each(record.properties, "txtRecords[].value[]").includes(token ?? ""),
    );
}

function refuseHost({ inputs, existing }: Operation): ProviderError | undefined {
  const host = text(inputs, "hostName") ?? "";
  if (!/^(\*\.)?([a-z0-9-]{1,63}\.)+[a-z]{2,}$/i.test(host)) {
    return badRequest(`The host name '${host}' of a custom domain is not valid.`);
  }
  // The spec's body of an update has no host name.
  const before = text(existing?.properties, "hostName");
  return before === undefined || sameId(before, host)
    ? undefined
    : badRequest(`The host name of a custom domain cannot be changed from ${before} to ${host}.`);
}

/** https://learn.microsoft.com/azure/frontdoor/domain: a domain belongs to one profile. */
function refuseTakenDomain({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing !== undefined) return undefined;
  const host = text(inputs, "hostName") ?? "";
  const others = cloud.store.list({ type: CUSTOM_DOMAIN }).filter((other) => !sameId(other.id, id));
  const holder = [...others, ...cloud.store.listElsewhere({ type: CUSTOM_DOMAIN })].find((record) =>
    sameId(text(record.properties, "hostName") ?? "", host),
  );
  return holder === undefined
    ? undefined
    : refusal(
        "Conflict",
        `The host name ${host} is already in use by profile '${nameOf(profileOf(holder.id))}'.`,
      );
}

/** https://learn.microsoft.com/azure/frontdoor/end-to-end-tls: TLS 1.0 and 1.1 ended on 2025-03-01. */
function refuseTls({ inputs }: Operation): ProviderError | undefined {
  const version = text(inputs, "tlsSettings.minimumTlsVersion");
  if (version !== undefined && version !== "TLS12" && version !== "TLS13") {
    return badRequest(`The minimum TLS version '${version}' is retired. Allowed: TLS12, TLS13.`);
  }
  const needsSecret = text(inputs, "tlsSettings.certificateType") === "CustomerCertificate";
  return needsSecret && text(inputs, "tlsSettings.secret.id") === undefined
    ? badRequest("tlsSettings.secret is required for the certificate type CustomerCertificate.")
    : undefined;
}

/** hashicorp/terraform-provider-azurerm#22924 */
function refuseDomainInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const [user] = [
    ...usersOf(cloud, record.id, ROUTE, "customDomains[].id"),
    ...usersOf(cloud, record.id, SECURITY_POLICY, "parameters.associations[].domains[].id"),
  ];
  return user === undefined
    ? undefined
    : badRequest(
        `The custom domain '${nameOf(record.id)}' cannot be deleted because it is still associated with ${user.id}. ` +
          "Please disassociate the domain and try again.",
      );
}
