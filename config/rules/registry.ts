import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { refuseRepeated } from "./access";

/** Name of a cache rule, as the registry component makes it of the target; Azure: 5 to 50 characters. */
const RULE_NAME_LENGTH = { min: 5, max: 50 };

/** Repositories that the registry fills from others: each its own, and none that images are pushed to. */
export function checkArtifactCache({ registry: { artifactCache }, api }: Settings): ConfigProblem[] {
  const path = "registry.artifactCache";
  return [
    ...refuseRepeated(path, artifactCache, ({ target }) => ruleName(target)),
    ...artifactCache.flatMap(({ target }, index) => {
      const refuse = (got: string, allowed: string, fix: string) => [
        { path: `${path}[${index}].target`, got, allowed, fix },
      ];
      if (target === api.image.repository) {
        return refuse(
          `${target}, which is api.image.repository`,
          "a repository that nothing is pushed to: the registry fetches what is in it",
          `choose another target, such as cache/${target}`,
        );
      }
      const { length } = ruleName(target);
      if (length >= RULE_NAME_LENGTH.min && length <= RULE_NAME_LENGTH.max) return [];
      return refuse(
        target,
        `${RULE_NAME_LENGTH.min} to ${RULE_NAME_LENGTH.max} characters: the cache rule is named after it`,
        length < RULE_NAME_LENGTH.min ? `choose a longer target, such as cache/${target}` : "shorten it",
      );
    }),
  ];
}

function ruleName(target: string): string {
  return target.replace(/[^a-z0-9]+/g, "-");
}
