import * as pulumi from "@pulumi/pulumi";

import { ConfigError } from "./errors";
import { Names } from "./naming";
import { parseSettings } from "./parse";
import type { Settings } from "./schema";
import { checkedOutCommit } from "./source";
import { buildLabels, buildTags, type Tags } from "./tags";

export { ConfigError } from "./errors";
export { deterministicGuid, Names } from "./naming";
export type {
  ApiSettings,
  ClusterSettings,
  MaintenanceWindow,
  NodePool,
  ObservabilitySettings,
  Settings,
} from "./schema";
export { TAG_NAMES, type Tags } from "./tags";

/** A stack's configuration, parsed and complete, with what follows from it: names, tags, labels. */
export interface PlatformConfig extends Omit<Settings, "tags" | "naming" | "api"> {
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
  const { naming, api, ...rest } = settings;
  const tags = buildTags({ environment: naming.environment, project: naming.project, ...settings.tags });
  return {
    ...rest,
    names: new Names(naming),
    tags,
    labels: buildLabels(tags),
    api: { ...api, image: { ...api.image, commit } },
  };
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
