import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { TAG_NAMES } from "../tags";

/** DNS zones and Front Door take 15 tags, other resources 50 (https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations). */
const MAX_TAGS = 15;
/** What every type of the platform takes: storage accounts 128 characters, DNS zones no space and no digit first, Front Door no `#` and no `:`. */
const TAG_NAME = /^(?!microsoft|azure|windows)[a-z][a-z0-9._-]{0,127}$/i;

/** Tags beside the six: Azure compares their names without regard to case. */
export function checkTags({ tags }: Settings): ConfigProblem[] {
  const names = Object.keys(tags.extra);
  const room = MAX_TAGS - TAG_NAMES.length;
  const tooMany = {
    path: "tags.extra",
    got: `${names.length} tags`,
    allowed: `at most ${room}: DNS zones take ${MAX_TAGS}, and the platform sets ${TAG_NAMES.length}`,
    fix: "keep those that someone filters or bills by",
  };
  return [...(names.length > room ? [tooMany] : []), ...names.flatMap((name) => checkName(name, names))];
}

function checkName(name: string, names: readonly string[]): ConfigProblem[] {
  const refuse = (allowed: string, fix: string) => [{ path: `tags.extra.${name}`, got: name, allowed, fix }];
  if (!TAG_NAME.test(name)) {
    return refuse(
      "1 to 128 letters, digits, dots, dashes and underscores, a letter first, and not microsoft, azure or windows",
      "rename the tag",
    );
  }
  const twin = [...TAG_NAMES, ...names].find(
    (other) => other !== name && other.toLowerCase() === name.toLowerCase(),
  );
  if (twin === undefined) return [];
  return refuse(
    `a name that differs from ${twin} by more than case: to Azure they are one`,
    "remove one of the two",
  );
}
