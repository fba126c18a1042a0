import { ORDER, PROGRAM, WHOLE, type Trap } from "./trap";

const CLUSTERS = "emulator/azure-networkClusters";
const REFUSALS = "emulator/azure-cluster-refusals";
const SERVICES = "emulator/azure-service-refusals";
const REGIONAL = "emulator/azure-edgeRegional";
const NETWORK = "unit/components/network";
const RULES = "unit/components/networkSecurityRules";

export const network: readonly Trap[] = [
  {
    title: "networks of pods and services that overlap or are too small",
    refused: [
      [REFUSALS, "service and pod ranges that overlap"],
      [REFUSALS, "a service range over a subnet of the nodes' network"],
      [REFUSALS, "a service range of /11"],
      ["unit/config", "too small a pod network"],
      ["unit/config", "pods in the region's network"],
    ],
    accepted: [[PROGRAM, "runs Azure CNI overlay with Cilium, which enforces the policies"]],
  },
  {
    title: "Cilium by halves",
    refused: [
      [REFUSALS, "Cilium policy on the Azure dataplane"],
      [REFUSALS, "Calico policy on the Cilium dataplane"],
    ],
    accepted: [[PROGRAM, "runs Azure CNI overlay with Cilium, which enforces the policies"]],
  },
  {
    title: "two subnets of one network at a time",
    refused: [[SERVICES, "two subnets of one network at a time"]],
    accepted: [
      [ORDER, "subnets and peerings of a network: two spokes, two hubs, the agents', the runners'"],
      [NETWORK, "writes to one network follow one another, in the runner's across regions"],
    ],
  },
  {
    title: "subnets inline and apart",
    refused: [[SERVICES, "an inline list takes away the subnets that it leaves out"]],
    accepted: [["unit/components/networkEngine", "features of the hub come and go alone"]],
  },
  {
    title: "routing of one's own without the route",
    refused: [
      [CLUSTERS, "a route table with a default route to an appliance, before the cluster"],
      [REFUSALS, "user-defined routing wants the route first"],
    ],
    accepted: [[NETWORK, "the nodes' way out is complete before nodes come up"]],
  },
  {
    title: "two rule collection groups or IP groups of one firewall policy at a time",
    refused: [
      ["emulator/azure-networkFirewall", "two groups of one policy at a time, creates and deletes alike"],
      [
        "emulator/azure-networkFirewall",
        "IP groups of one policy are changed one at a time, those of none as one likes",
      ],
    ],
    accepted: [[ORDER, "rule collection groups of a firewall policy"]],
  },
  {
    title: "an API server's subnet that is shared, small or not delegated",
    refused: [[CLUSTERS, "has a subnet of its own: delegated, large enough, and the identity may join it"]],
    accepted: [
      [RULES, "the API server reaches kubelets"],
      [
        "unit/components/networkEngine",
        "two private regions come up at once, stay quiet, and leave nothing; one that goes leaves the other alone",
      ],
    ],
  },
  {
    title: "a way to the API server that there is not",
    refused: [
      [REFUSALS, "a private cluster with authorized ranges"],
      [REFUSALS, "no private DNS zone and no public name"],
      ["emulator/azure-aksAccess", "is unknown on the Internet"],
      ["unit/config", "a private API server"],
    ],
    accepted: [["emulator/azure-aksAccess", "answers everyone, or the authorized ranges"], WHOLE],
  },
  {
    title: "a private cluster seen from outside",
    refused: [
      ["emulator/azure-aksAccess", "is unknown on the Internet"],
      ["emulator/kubernetes-connection", "is not to be found from %j"],
    ],
    accepted: [
      ["emulator/azure-aksAccess", "answers in a network that is peered and knows its zone"],
      [
        NETWORK,
        "a runner network that is configured but not given is an error, not a region nobody can deploy to",
      ],
    ],
  },
  {
    title: "an application gateway without its managers' rule",
    refused: [
      [REGIONAL, "no rule for Azure's managers"],
      [REGIONAL, "a certificate that nobody reads"],
    ],
    accepted: [
      [REGIONAL, "the rule"],
      [
        "unit/components/edgeGateways",
        "reads its certificate, whichever version is the newest, as an identity that may",
      ],
    ],
  },
  {
    title: "an application gateway in a subnet that is not delegated",
    refused: [[REGIONAL, "that is not delegated"]],
    accepted: [[RULES, "each gateway has its subnet to itself, and the rest exists where the stack uses it"]],
  },
  {
    title: "a Front Door route without an origin, or an origin that goes first",
    refused: [
      ["emulator/azure-edgeFrontDoor", "a route before its group has an enabled origin"],
      ["emulator/azure-edgeFrontDoor", "to take a route's last origin, its group, or the route's twin"],
    ],
    accepted: [
      [
        "unit/components/edgeGlobal",
        "asks the regions for their readiness, and routes once all origins exist",
      ],
    ],
  },
  {
    title: "an origin that answers other Front Doors too",
    refused: [["service/frontDoor", "refuses %s without the header"]],
    accepted: [
      ["service/frontDoor", "answers what came through it, as %s"],
      [
        "unit/components/edgeGlobal",
        "is the only one that a load balancer lets in, and the API checks which Front Door it is",
      ],
    ],
  },
  {
    title: "a gateway of another network without its leave",
    refused: [
      ["emulator/azure-networkSubnets", "a remote gateway has to be there"],
      [
        "emulator/azure-networkSubnets",
        "a gateway of its own, or of another network, leaves no need for a remote one",
      ],
    ],
    accepted: [[NETWORK, "the spoke uses the hub's gateway once it exists, and none without one"]],
  },
];
