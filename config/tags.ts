/** The tags that every resource carries; the policy pack refuses a resource without one of them. */
export type Tags = Readonly<Record<TagName, string>> & Readonly<Record<string, string>>;

export const TAG_NAMES = ["managed_by", "environment", "project", "owner", "cost_center", "purpose"] as const;
export type TagName = (typeof TAG_NAMES)[number];

export interface TagSettings {
  readonly environment: string;
  readonly project: string;
  readonly owner: string;
  readonly costCenter: string;
  readonly purpose: string;
  /** Further tags; they cannot take the place of the six. */
  readonly extra: Readonly<Record<string, string>>;
}

/** Azure tags of every resource of the stack. */
export function buildTags({ extra, costCenter, ...settings }: TagSettings): Tags {
  return { ...extra, ...settings, cost_center: costCenter, managed_by: "pulumi" };
}

/**
 * Kubernetes labels for the same facts (label values are narrower than tag values: 63 characters of
 * letters, digits, `-`, `_` and `.`).
 */
export function buildLabels(tags: Tags): Record<string, string> {
  return {
    "app.kubernetes.io/managed-by": tags.managed_by,
    "app.kubernetes.io/part-of": labelValue(tags.project),
    environment: labelValue(tags.environment),
  };
}

function labelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}
