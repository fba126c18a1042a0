import { ORDER, PROGRAM, type Trap } from "./trap";

const CLUSTERS = "emulator/azure-networkClusters";
const REFUSALS = "emulator/azure-refusals";
const SERVICES = "emulator/azure-service-refusals";
const ACCESS = "emulator/traps/access";

export const access: readonly Trap[] = [
  {
    title: "a role in a namespace that is not there yet",
    refused: [
      [ACCESS, "a role in a namespace is given before the namespace exists, in a cluster that exists"],
    ],
    accepted: [
      [
        "unit/components/securityAccess",
        "a namespace is a scope below the cluster, for a principal of the stated kind",
      ],
    ],
  },
  {
    title: "a role assignment for a fresh principal, or under a name by chance",
    refused: [
      [REFUSALS, "a fresh principal without its type, until the directory knows it"],
      [REFUSALS, "a name that is no GUID"],
      [REFUSALS, "the same role for the same principal at the same scope, under another name"],
    ],
    accepted: [["unit/naming", "deterministic GUIDs are version 5 and differ by any word"]],
  },
  {
    title: "a role assignment that changes",
    refused: [
      [ACCESS, "keeps its role, and takes another description"],
      [REFUSALS, "another role under the same name"],
    ],
    accepted: [
      [ACCESS, "with another %s is a new one, and the old one goes first as it has the name"],
      ["unit/components/dataCosmos", "a region that goes changes nothing in the grants of those that stay"],
    ],
  },
  {
    title: "a control plane without rights on its network and its zone",
    refused: [
      [CLUSTERS, "the identity of the cluster joins them"],
      [CLUSTERS, "has a name of the zone, which AKS writes and leaves behind"],
      ["emulator/azure-cluster-refusals", "a private DNS zone of one's own wants rights on the zone"],
    ],
    accepted: [
      [
        "unit/components/network",
        "what joins the nodes' subnet waits for peerings and the API server's names",
      ],
      [
        "unit/components/networkEngine",
        "two private regions come up at once, stay quiet, and leave nothing; one that goes leaves the other alone",
      ],
    ],
  },
  {
    title: "a kubelet's identity that the control plane may not use",
    refused: [
      [
        "emulator/azure-cluster-refusals",
        "a kubelet identity wants Managed Identity Operator on itself, not on the cluster's identity",
      ],
    ],
    accepted: [
      [
        PROGRAM,
        "has an identity of its own for control plane and kubelets, the first granted over the second",
      ],
    ],
  },
  {
    title: "two federated credentials of one identity at a time, or too many",
    refused: [
      [SERVICES, "two writes to one identity at a time, creates and deletes alike"],
      [SERVICES, "the twenty-first"],
    ],
    accepted: [
      [SERVICES, "writes to different identities do not meet"],
      [ORDER, "federated credentials of an identity"],
    ],
  },
  {
    title: "an issuer, a subject or an audience that differs by a letter",
    refused: [
      ["emulator/azure-access", "an issuer without its slash"],
      ["emulator/azure-access", "another audience"],
    ],
    accepted: [
      ["emulator/azure-access", "a token that matches to the letter gives the identity's principal"],
      [PROGRAM, "the API's federation names issuer, subject and audience exactly"],
    ],
  },
  {
    title: "AcrPull for a client id, or for nobody",
    refused: [
      ["emulator/azure-access", "the kubelet pulls once it has AcrPull; a client id is no principal"],
    ],
    accepted: [[PROGRAM, "lets the kubelets pull"]],
  },
  {
    title: "static credentials of a cluster without local accounts",
    refused: [
      ["emulator/azure-invokes", "static credentials are refused once local accounts are off"],
      ["emulator/kubernetes-connection", "a login at a browser"],
    ],
    accepted: [
      [
        "emulator/azure-invokes",
        "a cluster with Entra ID gives a kubelogin plug-in that asks for a device code",
      ],
      [PROGRAM, "is reached through kubelogin, and Azure's own credential goes nowhere"],
    ],
  },
];
