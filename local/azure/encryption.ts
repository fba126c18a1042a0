/** Keys that other services encrypt with: where they are, and whether an identity may wrap and unwrap with them. */
import type { CloudRecord, CloudStore } from "../cloud/store";
import { evaluate, type Decision } from "./access";
import { canReachPublicly } from "./reachability";
import { sameId, nameOf } from "./ids";
import { text } from "../provider/values";

const VAULT = "Microsoft.KeyVault/vaults";
const ACTIONS = [`${VAULT}/keys/read`, `${VAULT}/keys/wrap/action`, `${VAULT}/keys/unwrap/action`];

/** @param url of a key, with or without version. */
export function keyOf(store: CloudStore, url: string): { vault?: CloudRecord; key?: CloudRecord } {
  const [, host = "", keyName = ""] = /^https:\/\/([^./]+)\.[^/]+\/keys\/([^/]+)/i.exec(url) ?? [];
  const vault = store.list({ type: VAULT }).find(({ id }) => sameId(nameOf(id), host));
  const key = vault === undefined ? undefined : store.get(`${vault.id}/keys/${keyName}`);
  return { ...(vault === undefined ? {} : { vault }), ...(key === undefined ? {} : { key }) };
}

/** May Azure, in the name of this principal, wrap and unwrap with the key? */
export function canUseKey(store: CloudStore, principalId: string, url: string): Decision {
  const { vault, key } = keyOf(store, url);
  if (vault === undefined || key === undefined) {
    return { allowed: false, chain: [`no key vault of this subscription has the key ${url}`] };
  }
  const isTrusted =
    (text(vault.properties, "properties.networkAcls.bypass") ?? "AzureServices") === "AzureServices";
  const network = canReachPublicly(vault);
  if (!network.allowed && !isTrusted) {
    return {
      allowed: false,
      chain: [...network.chain, "and its networkAcls.bypass lets no Azure service in"],
    };
  }
  const decisions = ACTIONS.map((action) => evaluate(store, principalId, action, key.id));
  const chosen = decisions.find(({ allowed }) => !allowed) ?? decisions[0];
  return chosen ?? { allowed: false, chain: [] };
}

/** May a disk encryption set use its key, so that disks can be made with it? */
export function canEncryptDisks(store: CloudStore, setId: string): Decision {
  const set = store.get(setId);
  if (set === undefined) return { allowed: false, chain: [`there is no disk encryption set ${setId}`] };
  const assigned = Object.values((set.properties["identity"] ?? {}) as Record<string, unknown>)
    .filter(
      (value): value is Record<string, { principalId?: string }> =>
        typeof value === "object" && value !== null,
    )
    .flatMap((identities) => Object.values(identities).flatMap(({ principalId }) => principalId ?? []));
  const principal = text(set.properties, "identity.principalId") ?? assigned[0] ?? "";
  return canUseKey(store, principal, text(set.properties, "activeKey.keyUrl") ?? "");
}
