/** A combination of settings that a rule refuses, and how it is mended. */
export interface Row {
  /** Stack whose file is changed. @default dev */
  readonly stack?: "dev" | "prod";
  /** What the stack says instead; objects are merged, lists and values replaced. */
  readonly change: Change;
  /** Where the problem is told. */
  readonly path: string;
  /** What the message must name: both values, or the value and its limit. */
  readonly names: readonly string[];
  /** What mends it, over `change`; the settings are then taken. */
  readonly mend: Change;
}

export type Change = Readonly<Record<string, unknown>>;

/** A value of a setting over another; objects are merged key by key, and a key of `undefined` goes. */
export function over(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) merged[key] = over(base[key], value);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const RUNNERS = { resourceGroup: "aksp-runners-rg", virtualNetwork: "aksp-runners-vnet" };

/** A system pool that every rule takes, and a pool for applications. */
export const SYSTEM = {
  name: "system",
  mode: "System",
  priority: "Regular",
  vmSize: "Standard_D4ds_v5",
  minCount: 2,
  maxCount: 3,
  zones: [],
  osDiskType: "Ephemeral",
  osDiskSizeGb: 64,
  maxPodsPerNode: 110,
  labels: {},
  taints: [],
};
export const APPS = { ...SYSTEM, name: "apps", mode: "User" };
export const SPOT = {
  ...APPS,
  name: "spot",
  priority: "Spot",
  minCount: 0,
  taints: ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
};
