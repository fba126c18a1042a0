/** Rules for name resolution in pods (pkg/apis/core/validation: validatePodDNSConfig, ValidateHostAliases). */
import { validateAddress } from "../addresses";
import type { Field } from "../field";
import { dnsSubdomain, dnsSubdomainWithUnderscore } from "../syntax";

const MOST_SERVERS = 3;
const MOST_SEARCHES = 32;
const MOST_SEARCH_CHARACTERS = 2048;

export function validateDns(spec: Field): void {
  const config = spec.child("dnsConfig");
  const servers = config.child("nameservers");
  if (spec.child("dnsPolicy").text === "None") {
    if (!config.isSet) {
      config.required("must provide `dnsConfig` when `dnsPolicy` is None");
      return;
    }
    if (servers.isEmpty) {
      servers.required("must provide at least one DNS nameserver when `dnsPolicy` is None");
      return;
    }
  }
  if (servers.items.length > MOST_SERVERS)
    servers.invalid(`must not have more than ${MOST_SERVERS} nameservers`);
  for (const server of servers.items) validateAddress(server);
  validateSearches(config.child("searches"));
  for (const option of config.child("options").items) {
    if (option.child("name").text === "") option.required("must not be empty");
  }
}

function validateSearches(searches: Field): void {
  if (searches.items.length > MOST_SEARCHES)
    searches.invalid(`must not have more than ${MOST_SEARCHES} search paths`);
  const all = searches.items.map(({ text }) => text).join(" ");
  if (all.length > MOST_SEARCH_CHARACTERS)
    searches.invalid(
      `must not have more than ${MOST_SEARCH_CHARACTERS} characters (including spaces) in the search list`,
    );
  for (const search of searches.items) {
    if (search.text !== ".") search.follows((text) => dnsSubdomainWithUnderscore(text.replace(/\.$/, "")));
  }
}

export function validateHostAliases(aliases: Field): void {
  for (const alias of aliases.items) {
    validateAddress(alias.child("ip"));
    for (const name of alias.child("hostnames").items) name.follows(dnsSubdomain);
  }
}
