import type { ProviderError } from "../../provider/backend";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { nameOf } from "../ids";
import { text } from "../values";

const PRICING = "Microsoft.Security/pricings";
/** https://learn.microsoft.com/rest/api/defenderforcloud-composite/pricings/update */
const PLANS = [
  "AI",
  "Api",
  "AppServices",
  "Arm",
  "CloudPosture",
  "ContainerRegistry",
  "Containers",
  "CosmosDbs",
  "Discovery",
  "Dns",
  "FoundationalCspm",
  "KeyVaults",
  "KubernetesService",
  "OpenSourceRelationalDatabases",
  "SqlServerVirtualMachines",
  "SqlServers",
  "StorageAccounts",
  "VirtualMachines",
];

/**
 * A plan of Microsoft Defender for Cloud holds for the whole subscription. Deleting it here turns it back to Free, the
 * state of a subscription that never had it, so that nothing is left of it.
 */
export const security = describeTypes({
  token: "security:Pricing",
  shape: {
    armType: PRICING,
    template: `/{scopeId}/providers/${PRICING}/{pricingName}`,
    parameters: ["scopeId", "pricingName"],
  },
  apiVersion: "2024-01-01",
  autoName: "copy",
  located: false,
  required: ["pricingTier"],
  defaults: () => ({ enforce: "False" }),
  computed: [
    "deprecated",
    "enablementTime",
    "freeTrialRemainingTime",
    "inherited",
    "replacedBy",
    "resourcesCoverageStatus",
  ],
  compute: ({ cloud, inputs, keep }) => ({
    deprecated: false,
    enablementTime: keep("enablementTime", () => cloud.now().toISOString()),
    freeTrialRemainingTime: "PT0S",
    inherited: "False",
    replacedBy: [],
    resourcesCoverageStatus: text(inputs, "pricingTier") === "Standard" ? "FullyCovered" : "NotCovered",
  }),
  seconds: { create: 8, update: 8, delete: 5 },
  refuse: [refusePlan, refuseTier],
});

/** Azure/missionlz#1035 */
function refusePlan({ id }: Operation): ProviderError | undefined {
  const name = nameOf(id);
  return PLANS.includes(name)
    ? undefined
    : refusal(
        "InvalidInput",
        `The name '${name}' is not a valid name. Possible pricing bundle names: ${PLANS.join(", ")}.`,
      );
}

function refuseTier({ inputs }: Operation): ProviderError | undefined {
  const tier = text(inputs, "pricingTier") ?? "";
  return ["Free", "Standard"].includes(tier)
    ? undefined
    : refusal("InvalidInput", `The pricing tier '${tier}' is not valid: allowed are Free, Standard.`);
}
