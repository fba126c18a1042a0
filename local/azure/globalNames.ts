/** Names that all subscriptions of Azure share, since each is a host name in the public DNS. */
import type { CloudRecord } from "../cloud/store";
import { nameOf, sameId } from "./ids";
import type { AzureCloud, Operation } from "./resourceType";

/** Whoever has the name of a resource that is to be made, in this subscription or in another one. */
export function holderOfName({ cloud, id, existing, type }: Operation): CloudRecord | undefined {
  return existing === undefined ? holderOf(cloud, type.shape.armType, nameOf(id)) : undefined;
}

export function holderOf({ store }: AzureCloud, armType: string, name: string): CloudRecord | undefined {
  const isNamesake = (record: CloudRecord): boolean => sameId(nameOf(record.id), name);
  return (
    store.list({ type: armType }).find(isNamesake) ?? store.listElsewhere({ type: armType }).find(isNamesake)
  );
}
