import { azurePolicy } from "../../support/azurePolicy";
import { isOff } from "../../support/finding";

/** Azure leaves the admin account off where `adminUserEnabled` is absent, so that absent complies. */
export const acrAdminDisabled = azurePolicy(
  "containerregistry:Registry",
  {
    name: "acr-admin-disabled",
    description: "Container registries have no admin account, whose shared password nobody can trace.",
    severity: "high",
    remediationSteps:
      "Remove adminUserEnabled; grant AcrPull and AcrPush to the identities that pull and push images instead.",
    url: "https://learn.microsoft.com/azure/container-registry/container-registry-authentication#admin-account",
    tags: ["identity", "secrets"],
  },
  ({ adminUserEnabled }, report) => {
    if (isOff(adminUserEnabled)) return;
    report({
      at: "adminUserEnabled",
      got: adminUserEnabled,
      allowed: "false or absent",
      fix: "remove it and grant AcrPull to the identity that pulls",
    });
  },
);
