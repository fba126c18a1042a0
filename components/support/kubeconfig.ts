import { parse } from "yaml";

/** Application id of the AKS Microsoft Entra server, the same in every tenant (https://azure.github.io/kubelogin). */
const AKS_SERVER_APPLICATION_ID = "6dae42f8-4368-4678-94ff-3960e28e3630";

interface AzureKubeconfig {
  readonly clusters: readonly {
    readonly name: string;
    readonly cluster: { readonly server: string; readonly "certificate-authority-data": string };
  }[];
}

/**
 * A kubeconfig, as JSON, that holds no credential: kubelogin fetches a token of whoever runs the program.
 * @param azureKubeconfig base64 text of Azure's `listClusterUserCredential`; only its server and CA are used
 * @param login how kubelogin signs in, such as `azurecli`
 * @throws Error where Azure's answer names no cluster
 */
export function kubeloginKubeconfig(azureKubeconfig: string, login: string): string {
  const { clusters } = parse(Buffer.from(azureKubeconfig, "base64").toString("utf8")) as AzureKubeconfig;
  const [entry] = clusters;
  if (!entry) throw new Error("Azure's kubeconfig lists no cluster");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: entry.name, cluster: entry.cluster }],
    contexts: [{ name: entry.name, context: { cluster: entry.name, user: "deployer" } }],
    "current-context": entry.name,
    users: [
      {
        name: "deployer",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "kubelogin",
            args: ["get-token", "--login", login, "--server-id", AKS_SERVER_APPLICATION_ID],
            env: null,
            provideClusterInfo: false,
            interactiveMode: "Never",
            installHint:
              "kubelogin signs in to AKS with Microsoft Entra ID: https://azure.github.io/kubelogin/install.html",
          },
        },
      },
    ],
  });
}
