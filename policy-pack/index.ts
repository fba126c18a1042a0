import { PolicyPack } from "@pulumi/policy";

import { policies } from "./policies";
import { watchSecrets } from "./support/secrets";

watchSecrets();

new PolicyPack("aks-platform", {
  displayName: "AKS platform",
  description: "What every resource of the AKS platform must meet before it is created.",
  provider: "azure",
  tags: ["aks", "kubernetes", "security"],
  enforcementLevel: "mandatory",
  policies: [...policies],
});
