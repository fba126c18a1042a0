import type { ProviderError } from "../../provider/backend";
import { nameOf } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";

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
 * A plan of Microsoft Defender for Cloud is the subscription's, there from the start and Free. It is not among the
 * resources that azure-native takes over (crud.CanCreate), so that no program can create one.
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
  seconds: { create: 8, update: 8, delete: 5 },
  refuse: [refuseCreate],
});

/** Names: Azure/missionlz#1035 */
function refuseCreate({ id }: Operation): ProviderError {
  const name = nameOf(id);
  return PLANS.includes(name)
    ? refusal("ResourceExists", `cannot create already existing resource '${id}'`)
    : refusal(
        "InvalidInput",
        `The name '${name}' is not a valid name. Possible pricing bundle names: ${PLANS.join(", ")}.`,
      );
}
