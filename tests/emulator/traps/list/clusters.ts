import { ORDER, PROGRAM, WHOLE, type Trap } from "./trap";

const REFUSALS = "emulator/azure-cluster-refusals";
const POOLS = "emulator/azure-pool-refusals";
const FEATURES = "emulator/azure-aksFeatures";
const UPGRADES = "emulator/traps/upgrades";
const NODES = "emulator/traps/nodes";
const PLATFORM = "emulator/traps/platform";
const CONFIG = "unit/config";

export const clusters: readonly Trap[] = [
  {
    title: "a type or an API version that the SDK does not have",
    refused: [["emulator/azure-refusals", "an unknown type or function is an error that says how to add it"]],
    accepted: [["emulator/azure-types", "is a type of the SDK, in the API version of the SDK"]],
  },
  {
    title: "a field that the pinned API version lacks",
    refused: [
      ["unit/docs", "%s has %s, and no %s"],
      ["unit/docs", "a registry has a bypass for trusted services, and none for its tasks"],
    ],
    accepted: [["emulator/azure-types", "names inputs and outputs as the SDK does"]],
  },
  {
    title: "a way out that only preview versions know",
    refused: [[NODES, "that only preview versions know: %s"]],
    accepted: [[NODES, "that the pinned version knows is taken"], WHOLE],
  },
  {
    title: "a second inline node pool, after the cluster",
    refused: [[REFUSALS, "pools are not added through the cluster"]],
    accepted: [
      [REFUSALS, "a pool that is left out of the cluster's list stays"],
      [PROGRAM, "dev has one inline pool; prod's others are resources, spot without surge settings"],
    ],
  },
  {
    title: "a pool without a count",
    refused: [[POOLS, "no count, even with autoscaling"]],
    accepted: [
      [PROGRAM, "dev has one inline pool; prod's others are resources, spot without surge settings"],
    ],
  },
  {
    title: "an edit that replaces the cluster",
    refused: [[FEATURES, "an inline pool's %s"]],
    accepted: [
      [FEATURES, "common edits plan as updates, edits of the network's shape as a replacement"],
      ["matrix/edits", "common edits plan and run as updates, one after the other"],
    ],
  },
  {
    title: "a version that auto-upgrade has moved",
    refused: [[UPGRADES, "is not moved back to the patch that the program names"]],
    accepted: [
      [UPGRADES, "stays as it is where the program names the minor version alone"],
      [PLATFORM, "the cluster names a minor version, and its pools none"],
    ],
  },
  {
    title: "a pool that is newer than its control plane",
    refused: [[POOLS, "a version above the control plane's"]],
    accepted: [[UPGRADES, "a pool keeps pace with its cluster where the program names no version for it"]],
  },
  {
    title: "two operations on one cluster at a time",
    refused: [[POOLS, "two operations on one cluster at a time"]],
    accepted: [[ORDER, "maintenance windows, pools, extension and binding of a cluster"]],
  },
  {
    title: "spot nodes as if they were others",
    refused: [
      [POOLS, "surge on a spot pool"],
      [POOLS, "spot as a system pool"],
      [NODES, "have a taint and a label that nobody asked for"],
      [CONFIG, "spot as the only pool"],
    ],
    accepted: [
      [NODES, "have the taint once where the program declares it, and a refresh sees no change"],
      [PROGRAM, "dev has one inline pool; prod's others are resources, spot without surge settings"],
    ],
  },
  {
    title: "a system pool that is too small",
    refused: [
      [POOLS, "a system pool of one vCPU"],
      [POOLS, "a system pool for few pods"],
      [CONFIG, "a small system pool"],
    ],
    accepted: [[CONFIG, "prod has a zoned system pool of 3, applications on 2 to 20 nodes, spot on 0 to 10"]],
  },
  {
    title: "node auto provisioning beside what it excludes",
    refused: [
      [REFUSALS, "node auto provisioning beside the autoscaler"],
      [FEATURES, "has no provisioned nodes"],
      [FEATURES, "the way out of a cluster with provisioned nodes"],
    ],
    accepted: [WHOLE],
  },
  {
    title: "encryption at host without the feature",
    refused: [[FEATURES, "encryption at host wants a feature of the subscription"]],
    accepted: [[FEATURES, "encryption at host wants a feature of the subscription"]],
  },
  {
    title: "a feature without what it needs",
    refused: [
      [REFUSALS, "image cleaner without hours"],
      [REFUSALS, "cost analysis in the Free tier"],
      [FEATURES, "cost analysis without the disk driver"],
    ],
    accepted: [[PROGRAM, "lets in Microsoft Entra ID only, and trusts its own service accounts"], WHOLE],
  },
  {
    title: "etcd's key without identity, key and rights",
    refused: [[FEATURES, "etcd: the identity, the key and the rights on it are there first"]],
    accepted: [
      [
        "unit/components/securityVault",
        "a private vault is reached privately, by a cluster that may approve its way there",
      ],
      [
        "unit/components/governanceEngine",
        "a stack that keeps what it protects encrypts with it, leaves its backups, and goes up again beside them",
      ],
    ],
  },
  {
    title: "two cluster extensions at a time",
    refused: [["emulator/azure-governance", "are installed one at a time"]],
    accepted: [
      ["emulator/azure-governance", "one of a type; Flux before its configurations, which have a source"],
      [ORDER, "maintenance windows, pools, extension and binding of a cluster"],
    ],
  },
  {
    title: "a policy that stops what AKS itself runs",
    refused: [
      [
        "unit/components/securityPolicies",
        "deny refuses what the platform itself keeps to, and reports the rest",
      ],
    ],
    accepted: [
      [
        "unit/components/securityPolicies",
        "no policy for pods stops what AKS, its add-ons and extensions run",
      ],
    ],
  },
  {
    title: "a maintenance window of another name, too short, or in the past",
    refused: [
      [POOLS, "maintenance has three names and lasts four hours or more"],
      ["emulator/azure-governance", "a maintenance window starts today or later"],
    ],
    accepted: [[PROGRAM, "upgrades in its windows, of four hours and without a start date"]],
  },
  {
    title: "a disruption budget that lets no pod go",
    refused: [
      [UPGRADES, "blocks an upgrade of the cluster"],
      [UPGRADES, "blocks an upgrade of a pool, and not its scaling"],
      [CONFIG, "an autoscaler minimum that the disruption budget cannot live with"],
    ],
    accepted: [
      [UPGRADES, "is none that leaves one pod of two free to go"],
      ["unit/availability", "one pod may always go, and at least one serves meanwhile"],
    ],
  },
  {
    title: "a version past its support",
    refused: [
      [REFUSALS, "a retired version"],
      [REFUSALS, "a version under long-term support"],
      [CONFIG, "a retired version"],
    ],
    accepted: [[CONFIG, "nothing that is pinned is past its end of support"]],
  },
  {
    title: "a retired operating system, load balancer or add-on",
    refused: [
      [POOLS, "a retired OS"],
      [REFUSALS, "the Basic load balancer"],
      [NODES, "the retired add-on for HTTP routing is refused, and may be off"],
    ],
    accepted: [WHOLE],
  },
  {
    title: "the Blob CSI driver, which changes the nodes' subnet",
    refused: [[NODES, "changes the subnet of the nodes behind the program's back"]],
    accepted: [
      [NODES, "off leaves it alone"],
      [PLATFORM, "the Blob CSI driver is off, so that nobody but the program changes the subnets"],
    ],
  },
];
