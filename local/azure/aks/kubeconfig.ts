/** Kubeconfigs as AKS hands them out (https://learn.microsoft.com/azure/aks/kubelogin-authentication). */
import { createHash } from "node:crypto";
import type { CloudRecord } from "../../cloud/store";
import { nameOf } from "../ids";
import type { AzureCloud } from "../resourceType";
import { flag, text } from "../../provider/values";

/** Application id of AKS's API servers in Entra ID, the same everywhere. */
const SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630";
/** Application id of kubelogin's public client. */
const CLIENT_ID = "80faf920-1908-4b52-b5ef-a8e7bedfc67a";

/**
 * @param format `exec` gives a kubelogin exec plug-in with its default login, `devicecode`; `admin` a client
 * token. A cluster without Entra ID always gives a token.
 */
export function userKubeconfig(cloud: AzureCloud, cluster: CloudRecord, format: string | undefined): string {
  const name = nameOf(cluster.id);
  const entra = flag(cluster.properties, "aadProfile.managed") && format !== "admin";
  const group = /resourcegroups\/([^/]+)/i.exec(cluster.id)?.[1] ?? "";
  const user = `cluster${format === "admin" ? "Admin" : "User"}_${group}_${name}`;
  const fqdn = text(cluster.properties, "privateFQDN") ?? text(cluster.properties, "fqdn") ?? "";
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name,
          cluster: {
            server: `https://${fqdn}:443`,
            "certificate-authority-data": Buffer.from(`emulated certificate authority of ${fqdn}`).toString(
              "base64",
            ),
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user } }],
      "current-context": name,
      users: [{ name: user, user: entra ? credentialPlugin(cloud, format) : { token: token(cluster) } }],
    },
    null,
    2,
  )}\n`;
}

function credentialPlugin(cloud: AzureCloud, format: string | undefined): unknown {
  if (format === "azure") {
    return {
      "auth-provider": {
        name: "azure",
        config: { "apiserver-id": SERVER_ID, "client-id": CLIENT_ID, "tenant-id": cloud.tenantId },
      },
    };
  }
  return {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "kubelogin",
      args: [
        "get-token",
        "--environment",
        "AzurePublicCloud",
        "--server-id",
        SERVER_ID,
        "--client-id",
        CLIENT_ID,
        "--tenant-id",
        cloud.tenantId,
        "--login",
        "devicecode",
      ],
      provideClusterInfo: false,
      installHint: "kubelogin is needed: https://aka.ms/aks/kubelogin",
    },
  };
}

/** Lasts as long as the cluster. */
function token(cluster: CloudRecord): string {
  return createHash("sha256")
    .update(`${text(cluster.properties, "resourceUID") ?? ""} admin`)
    .digest("hex");
}
