import acceptsTags from "./taggableTypes.json";

/** `<module>:<type>` of every azure-native resource, and whether it takes tags (see generate/azureTypes.ts). */
const ACCEPTS_TAGS: Readonly<Record<string, boolean>> = acceptsTags;

/**
 * `<module>:<type>` of an azure-native resource whatever its API version: of
 * `azure-native:containerregistry:Registry`, of `azure-native:containerregistry/v20230701:Registry` and of
 * `azure-native_containerregistry_v20230701:containerregistry:Registry` alike. Undefined for any other type.
 */
export function azureTypeOf(token: string): string | undefined {
  const match = /^azure-native(?:_[a-z0-9]+_v\w+)?:([a-z0-9]+)(?:\/v\w+)?:(\w+)$/.exec(token);
  return match ? `${match[1] ?? ""}:${match[2] ?? ""}` : undefined;
}

/** Undefined where the pinned azure-native SDK does not know the type. */
export function azureTypeAcceptsTags(azureType: string): boolean | undefined {
  return Object.hasOwn(ACCEPTS_TAGS, azureType) ? ACCEPTS_TAGS[azureType] : undefined;
}
