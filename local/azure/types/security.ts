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

/** A plan of Microsoft Defender for Cloud is the subscription's, Free until somebody asks for more, and never deleted. */
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
  refuseDelete: [refuseDelete],
  alwaysThere: true,
  afterWrite: ({ cloud }, record) => {
    cloud.store.put({ ...record, ofSubscription: true });
  },
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

/** Azure/terraform-provider-azapi#818 */
function refuseDelete(): ProviderError {
  return refusal(
    "InvalidUrlConfiguration",
    "Delete operation is supported only for single resources scope (not subscriptions). Use PUT to Enabled or Disable " +
      "specific pricing bundles on a subscription.",
  );
}
