import { createHash } from "node:crypto";

/** The parts of every physical name: `{prefix}-{project}-{environment}-{resource}`. */
export interface NameParts {
  readonly prefix: string;
  readonly project: string;
  readonly environment: string;
}

/** Length of the suffix that makes a globally unique name unique. */
export const SUFFIX_LENGTH = 6;

/** Azure's limits for the names that this platform makes (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
export const NAME_LIMITS = {
  managedCluster: 63,
  /** AKS takes at most 80, and 54 of them go into the node resource group's own name. */
  nodeResourceGroup: 80,
  registry: 50,
  dataCollection: 44,
  /** Managed Grafana. */
  grafana: 23,
  /** Storage accounts. */
  storageAccount: 24,
  /** Subzone of a private cluster's DNS zone (https://learn.microsoft.com/azure/aks/private-clusters). */
  apiServerSubzone: 32,
} as const;

/** Physical names of a stack's resources. Pure: the same parts always give the same names. */
export class Names {
  public constructor(private readonly parts: NameParts) {}

  /** `{prefix}-{project}-{environment}-{resource}`. */
  public of(resource: string): string {
    const { prefix, project, environment } = this.parts;
    return `${prefix}-${project}-${environment}-${resource}`;
  }

  /** The names of one region's resources: `{prefix}-{project}-{environment}-{code}-{resource}`. */
  public in(regionCode: string): Names {
    return new Names({ ...this.parts, environment: `${this.parts.environment}-${regionCode}` });
  }

  /**
   * A name without dashes that is unique across all of Azure, for registries, storage and the like: the parts, cut where
   * the type's limit wants it, the resource and {@link SUFFIX_LENGTH} characters that depend on all parts and on the
   * subscription.
   */
  public global(resource: string, subscriptionId: string, maxLength: number): string {
    const parts = this.of("").replaceAll("-", "");
    const room = maxLength - resource.length - SUFFIX_LENGTH;
    return `${parts.slice(0, room)}${resource}${this.suffix(subscriptionId)}`;
  }

  /** A name with dashes that is unique across all of Azure, for hosts below a shared domain. */
  public globalHost(resource: string, subscriptionId: string): string {
    return `${this.of(resource)}-${this.suffix(subscriptionId)}`;
  }

  /**
   * A label of a DNS name of at most `maxLength` characters: the parts, whose end gives way to {@link SUFFIX_LENGTH}
   * characters that depend on all of them where they are longer.
   */
  public label(maxLength: number): string {
    const label = this.of("").slice(0, -1);
    if (label.length <= maxLength) return label;
    return `${label.slice(0, maxLength - SUFFIX_LENGTH - 1)}-${this.suffix("label")}`;
  }

  private suffix(salt: string): string {
    const digest = createHash("sha256")
      .update(`${salt}/${this.of("")}`)
      .digest();
    return BigInt(`0x${digest.toString("hex")}`)
      .toString(36)
      .slice(0, SUFFIX_LENGTH);
  }
}

/** Name space of {@link deterministicGuid} (a random GUID, fixed for ever). */
const GUID_NAMESPACE = "6f0d3c1e-9a57-4d0b-8f3e-2b1f5a7c9d42";

/**
 * A version 5 GUID (RFC 9562) of the given words: role assignments need a GUID as their name, and a name that stays the
 * same lets a repeated create find what an interrupted one left.
 */
export function deterministicGuid(...words: readonly string[]): string {
  const hash = createHash("sha1")
    .update(Buffer.from(GUID_NAMESPACE.replaceAll("-", ""), "hex"))
    .update(words.join("|"))
    .digest()
    .subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
