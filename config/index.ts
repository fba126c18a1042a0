import * as pulumi from "@pulumi/pulumi";

import { type AddressPlan, defaultAddressSpace, planAddresses } from "./addresses";
import { isOffered } from "./availability";
import { ConfigError } from "./errors";
import { Names } from "./naming";
import { parseSettings } from "./parse";
import { REGIONS } from "./regions";
import type { Settings } from "./schema";
import { checkedOutCommit } from "./source";
import { buildLabels, buildTags, type Tags } from "./tags";

export type { AddressPlan } from "./addresses";
export { ConfigError } from "./errors";
export { deterministicGuid, NAME_LIMITS, Names } from "./naming";
export type {
  ApiSettings,
  ClusterSettings,
  MaintenanceWindow,
  NodePool,
  ObservabilitySettings,
  RolloutSettings,
  Settings,
} from "./schema";
export type {
  CosmosSettings,
  DataSettings,
  PostgresqlSettings,
  RedisSettings,
  StorageSettings,
} from "./sections/data";
export type { EdgeSettings } from "./sections/edge";
export type { GovernanceSettings } from "./sections/governance";
export type { NetworkSettings } from "./sections/network";
export type { SecuritySettings } from "./sections/security";
export { TAG_NAMES, type Tags } from "./tags";

/** A region that the platform runs in. */
export interface Stamp {
  readonly location: string;
  /** Short form of the region, part of its names. */
  readonly code: string;
  readonly names: Names;
  readonly addresses: AddressPlan;
  /** Availability zones of what the region's resources are spread over; empty: the region has none. */
  readonly zones: readonly string[];
  /** Zones of Bastion, which has them in fewer regions. */
  readonly bastionZones: readonly string[];
}

/** A stack's configuration, parsed and complete, with what follows from it: names, tags, labels. */
export interface PlatformConfig extends Omit<Settings, "tags" | "naming" | "api" | "regions"> {
  readonly stamps: readonly Stamp[];
  /** Availability zones of `location`; empty: it has none. */
  readonly zones: readonly string[];
  readonly names: Names;
  readonly tags: Tags;
  /** Labels of the stack's Kubernetes objects. */
  readonly labels: Readonly<Record<string, string>>;
  readonly api: Settings["api"] & { readonly image: { readonly commit: string } };
}

/**
 * Reads the stack's configuration; nothing else in the program reads `pulumi.Config`.
 * @throws ConfigError with every problem at once.
 */
export function loadConfig(): PlatformConfig {
  const settings = parseSettings(stackValues(), new Date());
  const commit = settings.api.image.commit ?? checkedOutCommit();
  const { naming, api, regions, ...rest } = settings;
  const names = new Names(naming);
  const tags = buildTags({ environment: naming.environment, project: naming.project, ...settings.tags });
  return {
    ...rest,
    names,
    zones: zonesOf(settings.location),
    stamps: regions.map((location) => createStamp(location, names, settings)),
    tags,
    labels: buildLabels(tags),
    api: { ...api, image: { ...api.image, commit } },
  };
}

function createStamp(location: string, names: Names, { network, azure }: Settings): Stamp {
  const { code = location } = REGIONS[location] ?? {};
  const addressSpace = network.addressSpaces[location] ?? defaultAddressSpace(location) ?? "";
  return {
    location,
    code,
    names: names.in(code),
    addresses: planAddresses(addressSpace),
    zones: zonesOf(location),
    bastionZones: isOffered("bastion-zones", location, azure.assumeAvailable) ? zonesOf(location) : [],
  };
}

function zonesOf(location: string): readonly string[] {
  return REGIONS[location]?.zones ? ["1", "2", "3"] : [];
}

/** The values of the project's configuration keys, and the provider's region. */
function stackValues(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  const values = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), parseValue(value)]);
  return { ...(Object.fromEntries(values) as Record<string, unknown>), location: region() };
}

/** The engine hands objects and lists over as JSON, and anything else as text. */
function parseValue(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function region(): string {
  const location = new pulumi.Config("azure-native").get("location");
  if (location !== undefined) return location.toLowerCase().replaceAll(" ", "");
  throw new ConfigError([
    {
      path: "azure-native:location",
      got: undefined,
      allowed: "an Azure region such as westus2",
      fix: "pulumi config set azure-native:location westus2",
    },
  ]);
}
