import { acrAdminDisabled } from "../../policy-pack/policies/acr/adminDisabled";
import { acrAnonymousPullDisabled } from "../../policy-pack/policies/acr/anonymousPullDisabled";
import { azureTagsRequired } from "../../policy-pack/policies/azure/tagsRequired";
import { UNKNOWN } from "../support/policy";
import { edit, onRegistry } from "./cases";
import type { PolicyCase } from "./cases";
import { TAGS } from "./fixtures";

export const azureCases: readonly PolicyCase[] = [
  {
    ...onRegistry,
    policy: azureTagsRequired,
    broken: [
      edit("tags", undefined, Object.keys(TAGS).map(tag)),
      ...Object.keys(TAGS).map((name) => edit(tag(name), undefined)),
      edit(tag("owner"), ""),
      edit(tag("owner"), "  "),
    ],
    accepted: [edit(tag("team"), "")],
    unknown: edit(tag("owner"), UNKNOWN.string),
  },
  {
    ...onRegistry,
    policy: acrAdminDisabled,
    broken: [edit("adminUserEnabled", true)],
    accepted: [edit("adminUserEnabled", false), edit("adminUserEnabled", null)],
    unknown: edit("adminUserEnabled", UNKNOWN.boolean),
  },
  {
    ...onRegistry,
    policy: acrAnonymousPullDisabled,
    broken: [edit("anonymousPullEnabled", true)],
    accepted: [edit("anonymousPullEnabled", false), edit("anonymousPullEnabled", null)],
    unknown: edit("anonymousPullEnabled", UNKNOWN.boolean),
  },
];

function tag(name: string): string {
  return `tags.${name}`;
}
