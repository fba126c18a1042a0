import type { Names } from "../../config";

/** What Azure Native adds to the logical name of a resource without a physical one: eight hexadecimal digits. */
const SUFFIX_LENGTH = 8;
/** Azure's limit for vaults and for storage accounts (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
const MAX_LENGTH = 24;

/**
 * Logical name of a resource that outlives its deletion, and its name with it, so that Azure refuses the same name for
 * the next one: Azure Native gives it this name and a random suffix, which the state keeps. Letters and digits of the
 * kind, the region's code and as much of the stack's own name as there is room for.
 * @param separator between the words, and before the suffix
 */
export function keptName(kind: string, code: string, names: Names, separator: "-" | ""): string {
  const stack = names.of("").replaceAll("-", "");
  const words = [kind, code, stack].join(separator);
  const room = MAX_LENGTH - SUFFIX_LENGTH - separator.length;
  return words.slice(0, room).replace(/-$/, "") + separator;
}
