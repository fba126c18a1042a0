import { policies } from "../../policy-pack/policies";
import { check } from "../support/policy";
import { runProgram } from "../support/pulumi";

/** The program against mocks: every value is known, so that each policy is judged to its end. */
test.each(["dev", "prod"])("the %s stack complies with every policy", async (stack) => {
  const resources = await runProgram(stack);
  const verdicts = await Promise.all(
    policies.flatMap((policy) =>
      resources.map(async ({ type, name, inputs }) => ({
        policy: policy.name,
        resource: `${type} ${name}`,
        ...(await check(policy, type, inputs, { name })),
      })),
    ),
  );

  const objections = verdicts.filter(
    ({ violations, unknown }) => violations.length > 0 || unknown !== undefined,
  );
  expect(objections).toEqual([]);
  const judged = verdicts.filter(({ notApplicable }) => notApplicable === undefined);
  expect(new Set(judged.map(({ policy }) => policy))).toEqual(
    new Set(policies.map(({ name }) => name).filter((name) => name !== "helm-release-rendered")),
  );
});
