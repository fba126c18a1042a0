/** Who may do what: Azure refuses the same role for the same principal twice, and a principal of another type. */
import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { refuseWhere, type Rule } from "./rule";

export const accessRules: readonly Rule[] = [
  checkPrincipals,
  ({ access }) =>
    refuseRepeated("access.clusterAdmins", access.clusterAdmins, ({ objectId }) => objectId.toLowerCase()),
  ({ access }) =>
    refuseRepeated("access.grants", access.grants, ({ objectId, role, namespace }) =>
      [objectId.toLowerCase(), role, namespace ?? ""].join(" "),
    ),
  refuseWhere(
    ({ access }) => access.grants.length > 0 && access.clusterAdmins.length === 0,
    ({ access }) => ({
      path: "access.clusterAdmins",
      got: `none with ${access.grants.length} access.grants`,
      allowed:
        "at least one administrator beside grants: without one it is whoever deploys, and a grant to the same person " +
        "would be one that Azure has already",
      fix: "name the administrators, a group at best, or remove the grants",
    }),
  ),
  checkPreviewEnvironments,
  ({ delivery }) =>
    refuseRepeated("delivery.github.environments", delivery.github?.environments ?? [], (name) =>
      name.toLowerCase(),
    ),
];

/** The identity may change the stack; workflows of pull requests, which run in preview environments, may only read it. */
function checkPreviewEnvironments({ delivery }: Settings): ConfigProblem[] {
  const environments = delivery.github?.environments ?? [];
  return environments.flatMap((environment, index) =>
    /preview/i.test(environment)
      ? [
          {
            path: `delivery.github.environments[${index}]`,
            got: environment,
            allowed:
              "environments that deploy: whoever opens a pull request runs code in a preview environment",
            fix: "remove it; bootstrap/github.sh gives pull requests an identity that may only read",
          },
        ]
      : [],
  );
}

/** Azure knows each object id as one type (`UnmatchedPrincipalType`). */
function checkPrincipals({ access }: Settings): ConfigProblem[] {
  const named = [
    ...access.clusterAdmins.map((admin, index) => ({ ...admin, path: `access.clusterAdmins[${index}]` })),
    ...access.grants.map((grant, index) => ({ ...grant, path: `access.grants[${index}]` })),
  ];
  return named.flatMap(({ objectId, principalType, path }, index) => {
    const first = named.slice(0, index).find((other) => isSame(other.objectId, objectId));
    if (!first || first.principalType === principalType) return [];
    return [
      {
        path: `${path}.principalType`,
        got: `${principalType} for ${objectId}, which is ${first.principalType} in ${first.path}`,
        allowed:
          "one type for one object id: Azure refuses a role with another type than the principal's own",
        fix: "look the type up (az ad user/group/sp show --id ...) and correct one of them",
      },
    ];
  });
}

/** Refuses each entry that says the same as one before it. */
export function refuseRepeated<T>(
  path: string,
  entries: readonly T[],
  sameAs: (entry: T) => string,
): ConfigProblem[] {
  const keys = entries.map(sameAs);
  return entries.flatMap((entry, index) => {
    const first = keys.indexOf(keys[index] ?? "");
    if (first === index) return [];
    return [
      {
        path: `${path}[${index}]`,
        got: entry,
        allowed: `what no other entry says; ${path}[${first}] says the same, and Azure refuses it twice`,
        fix: "remove one of the two",
      },
    ];
  });
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
