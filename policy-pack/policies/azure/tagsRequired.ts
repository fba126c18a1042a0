import { azureTypeAcceptsTags, azureTypeOf } from "../../support/azureTypes";
import { resourcePolicy } from "../../support/resourcePolicy";
import { judgeAll } from "../../support/unknown";

/** The tags by which a bill, an alert and an orphan find their owner. */
const REQUIRED_TAGS = ["managed_by", "environment", "project", "owner", "cost_center", "purpose"];

interface TaggedProps {
  readonly tags?: Readonly<Record<string, string | undefined>>;
}

export const azureTagsRequired = resourcePolicy<TaggedProps>(
  {
    name: "azure-tags-required",
    description:
      "Every Azure resource that takes tags says who manages, owns and pays for it, and what it is for.",
    severity: "medium",
    remediationSteps: `Pass the tags that config/tags.ts builds (${REQUIRED_TAGS.join(", ")}).`,
    url: "https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-tagging",
    tags: ["governance", "cost"],
  },
  ({ type, props }) => {
    const azureType = azureTypeOf(type);
    return azureType !== undefined && azureTypeAcceptsTags(azureType)
      ? { subject: props }
      : { notApplicable: "Judges Azure resources that take tags alone." };
  },
  (props, report) => {
    const tags = props.tags ?? {};
    judgeAll(REQUIRED_TAGS, (name) => {
      const value = tags[name];
      if (typeof value === "string" && value.trim() !== "") return;
      report({ at: `tags.${name}`, got: value, allowed: "text that is not blank", fix: "set the tag" });
    });
  },
);
