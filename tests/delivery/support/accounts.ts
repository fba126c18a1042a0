/** Azure, GitHub and a deployed stack, as far as bootstrap's scripts ask: what they create is found from then on. */
import type { Rule } from "./fakes";
import type { StackOutputs } from "./stackOutputs";

export const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
/** Subject of the repository's tokens, without the environment. */
export const PREFIX = "repo:acme@7/platform@42";

/** Azure before anything exists: what is created is found from then on. */
export const AZ: readonly Rule[] = [
  { match: "^provider list ", prints: "Microsoft.Authorization\nmicrosoft.insights\n" },
  { match: "^provider register " },
  { match: "^account show --query id", prints: SUBSCRIPTION },
  { match: "^account show --query tenantId", prints: "tenant-1" },
  { match: "^ad signed-in-user show", prints: "user-1" },
  { match: "^group show", needs: "group", prints: "id" },
  { match: "^group create", sets: ["group"] },
  { match: "^storage account show", needs: "account", prints: "id" },
  { match: "^storage account list", needs: "closed", prints: "name" },
  { match: "^storage account create", needs: "group", sets: ["account", "closed"] },
  { match: "^storage account update", needs: "account", sets: ["closed"] },
  { match: "^storage account blob-service-properties show", needs: "versions", prints: "true" },
  { match: "^storage account blob-service-properties update", needs: "account", sets: ["versions"] },
  { match: "^storage container-rm show", needs: "container", prints: "id" },
  { match: "^storage container-rm create", needs: "account", sets: ["container"] },
  { match: "^keyvault show", needs: "vault", prints: "id" },
  { match: "^keyvault list-deleted" },
  { match: "^keyvault create", needs: "group", sets: ["vault"] },
  { match: "^rest --method get", needs: "key", prints: "id" },
  { match: "^rest --method put", needs: "vault", sets: ["key"] },
  { match: "^lock show", needs: "lock", prints: "id" },
  { match: "^lock create", needs: "group", sets: ["lock"] },
  {
    match: "^role assignment list --role (.+) --scope ([^ ]+) .*'([^']+)'",
    needs: "{1}-{2}-{3}",
    prints: "id",
  },
  {
    match: "^role assignment create --assignee-object-id ([^ ]+) .*--role (.+) --scope ([^ ]+)$",
    sets: ["{2}-{3}-{1}"],
  },
  { match: "^ad app list", needs: "app", prints: "client-2" },
  { match: "^ad app create", sets: ["app"] },
  { match: "^ad sp show --id client-2", needs: "principal", prints: "previewer-1" },
  { match: "^ad sp create --id client-2", needs: "app", sets: ["principal"] },
  { match: "^ad app federated-credential list --id client-2", needs: "trust", prints: "id" },
  { match: "^ad app federated-credential create --id client-2", needs: "app", sets: ["trust"] },
];

export const VARIABLES = [
  "AZURE_CLIENT_ID",
  "AZURE_TENANT_ID",
  "AZURE_SUBSCRIPTION_ID",
  "PULUMI_BACKEND_URL",
];

export const GH: readonly Rule[] = [
  { match: "^api repos/acme/platform/actions/oidc/customization/sub", prints: PREFIX },
  { match: "^api users/boss", prints: "77" },
  {
    match: "^api repos/acme/platform/environments/dev/deployment-branch-policies --jq",
    needs: "branch",
    prints: "main",
  },
  {
    match: "^api --method POST .*deployment-branch-policies --field name=main",
    needs: "env-dev",
    sets: ["branch"],
  },
  { match: "^api repos/acme/platform/environments/dev --jq .*== 77", needs: "reviewer-77", prints: "77" },
  {
    match: "^api --method PUT repos/acme/platform/environments/dev .*\\[\\]\\[id\\]=77",
    sets: ["env-dev", "reviewer-77"],
  },
  ...["dev", "dev-preview"].flatMap((name) => [
    { match: `^api repos/acme/platform/environments/${name} --jq .id`, needs: `env-${name}`, prints: "1" },
    { match: `^api repos/acme/platform/environments/${name} --jq`, needs: `rules-${name}`, prints: "" },
    { match: `^api --method PUT repos/acme/platform/environments/${name}( |$)`, sets: [`env-${name}`] },
    ...VARIABLES.flatMap((variable) => [
      {
        match: `^variable list --env ${name} .*"${variable}"`,
        needs: `${name}-${variable}`,
        prints: variable,
      },
      {
        match: `^variable set ${variable} --env ${name} `,
        needs: `env-${name}`,
        sets: [`${name}-${variable}`],
      },
    ]),
  ]),
  { match: "^variable list --repo .*AZURE_STACKS", needs: "stacks", prints: '["dev"]' },
  { match: "^variable set AZURE_STACKS", sets: ["stacks"] },
];

/** The deployed stack, and the identity in Azure that it made for GitHub. */
export function deployedStack(outputs: StackOutputs): {
  readonly az: readonly Rule[];
  readonly pulumi: readonly Rule[];
} {
  const { githubClientId } = outputs;
  return {
    az: [
      { match: `^ad sp show --id ${githubClientId}`, prints: "deployer-1" },
      {
        match: `^ad app federated-credential list --id ${githubClientId}`,
        prints: `${PREFIX}:environment:dev\n`,
      },
      ...AZ,
    ],
    pulumi: [{ match: "^stack output --stack dev --json", prints: JSON.stringify(outputs) }],
  };
}
