import { PROGRAM, WHOLE, type Trap } from "./trap";

const SERVICES = "emulator/azure-service-refusals";
const SOFT_DELETE = "emulator/azure-softDelete";
const VAULT = "emulator/azure-vault";
const BUDGETS = "emulator/azure-governance";

export const services: readonly Trap[] = [
  {
    title: "a registry's Premium features in another tier, and its retired content trust",
    refused: [
      [SERVICES, "zones without Premium"],
      [SERVICES, "retention without Premium"],
      [SERVICES, "content trust"],
      ["emulator/azure-networkPrivate", "none to a registry below Premium"],
      ["unit/config", "retention without Premium"],
    ],
    accepted: [[PROGRAM, "has no admin user and no anonymous pull, whatever its SKU"]],
  },
  {
    title: "a vault's name that a deleted vault holds",
    refused: [
      [SOFT_DELETE, "is no live resource, but holds its name"],
      [SOFT_DELETE, "of another subscription holds the name too"],
      [SOFT_DELETE, "holds its name until the vault is purged"],
    ],
    accepted: [
      [
        "unit/components/securityVault",
        "has no physical name of its own, so that a deleted vault does not hold the next one's",
      ],
    ],
  },
  {
    title: "purge protection that is false, or taken back",
    refused: [
      [VAULT, "purge protection that is not"],
      [VAULT, "purge protection stays when the program leaves it out, and cannot be taken back"],
    ],
    accepted: [["unit/components/securityVault", "purge protection is true or absent: Azure refuses false"]],
  },
  {
    title: "roles of Azure RBAC for the data of Cosmos DB",
    refused: [["emulator/azure-dataCosmos", "a role of Azure RBAC"]],
    accepted: [
      ["emulator/azure-dataAccess", "Cosmos DB: its own role, on the account, the database or the container"],
      [
        "unit/components/dataCosmos",
        "each identity gets the data role of the database, one after the other and after the container",
      ],
    ],
  },
  {
    title: "the Redis services that make no new caches",
    refused: [
      ["emulator/azure-data", "the older service makes no new ones"],
      ["emulator/azure-data", "an Enterprise SKU"],
      ["emulator/azure-data", "another port"],
    ],
    accepted: [
      [
        "unit/components/dataRedis",
        "only Microsoft Entra ID opens the cache, by TLS, from private endpoints alone",
      ],
    ],
  },
  {
    title: "a zone or an identity that goes before its cluster",
    refused: [["emulator/azure-networkClusters", "cannot be deleted once its zone or its identity is gone"]],
    accepted: [
      [
        "unit/components/networkEngine",
        "two private regions come up at once, stay quiet, and leave nothing; one that goes leaves the other alone",
      ],
    ],
  },
  {
    title: "a diagnostic setting that outlives its resource",
    refused: [
      ["emulator/azure-monitor-refusals", "one category of a resource twice to one workspace"],
      [
        "emulator/azure-state",
        "a resource group takes everything along, but a diagnostic setting outlives its resource",
      ],
    ],
    accepted: [["engine/lifecycle", "comes up, stays quiet, serves the API and leaves nothing behind"]],
  },
  {
    title: "a lock where AKS deletes by itself",
    refused: [
      [
        "emulator/azure-locks",
        "a lock on the nodes' resource group stops a pool from shrinking, and its cluster from going",
      ],
      ["unit/components/securityAccess", "are refused for %s, where AKS deletes by itself"],
    ],
    accepted: [["unit/components/securityAccess", "hold what stores, and come last"]],
  },
  {
    title: "a budget's start that is no first of a month, is over, or changes",
    refused: [
      [BUDGETS, "a day within a month"],
      [BUDGETS, "a month that is over"],
      [BUDGETS, "keep their start, and take every other change"],
    ],
    accepted: [
      [
        "unit/components/governance",
        "starts in the month of its creation, or when the stack says, and never again",
      ],
    ],
  },
  {
    title: "an association with an endpoint under another name, or with a rule besides",
    refused: [
      [
        "emulator/azure-monitor-refusals",
        "an association with an endpoint has the one name for it, and carries no rule",
      ],
      ["emulator/azure-monitor-refusals", "names of endpoints and rules have at most 44 characters"],
    ],
    accepted: [
      [PROGRAM, "the rule and the endpoint are associated, the latter under Azure's prescribed name"],
    ],
  },
  {
    title: "Container Insights with a workspace's key",
    refused: [
      ["emulator/azure-containerInsights", "signs in with Microsoft Entra ID, as a managed identity"],
    ],
    accepted: [
      ["emulator/azure-containerInsights", "signs in with Microsoft Entra ID, as a managed identity"],
      WHOLE,
    ],
  },
  {
    title: "a collection rule that is deleted while a cluster has it",
    refused: [["emulator/azure-containerInsights", "stays as long as a cluster has it"]],
    accepted: [WHOLE],
  },
  {
    title: "secrets in state and output",
    refused: [["emulator/azure-dataCosmos", "keys are no outputs"]],
    accepted: [
      [
        "engine/drift",
        "a changed registry and a deleted network policy are seen and repaired; the state holds no plain secret",
      ],
    ],
  },
];
