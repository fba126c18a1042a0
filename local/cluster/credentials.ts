/** Who may speak in the cluster: a certificate for each component, each node, and the administrator. */
import * as path from "node:path";

import { type Certificate, CertificateAuthority, createKeyPair, writeKubeconfig } from "./certificates";
import type { ClusterLayout } from "./layout";
import { API_SERVER, API_SERVICE_ADDRESS, CONTROL_PLANE, NODES } from "./topology";

export interface Credentials {
  readonly authority: Certificate;
  /** Authority of the API server as a proxy of the metrics API. */
  readonly proxyAuthority: Certificate;
  readonly proxyClient: Certificate;
  readonly apiServer: Certificate;
  /** The API server as a client of kubelets. */
  readonly kubeletClient: Certificate;
  readonly tokenKeys: { readonly private: string; readonly public: string };
}

/** Components that reach the API server with a kubeconfig, and the user and group that Kubernetes' own roles name. */
const CLIENTS: Readonly<Record<string, { readonly name: string; readonly groups?: readonly string[] }>> = {
  "controller-manager": { name: "system:kube-controller-manager" },
  scheduler: { name: "system:kube-scheduler" },
  proxy: { name: "system:kube-proxy" },
  "network-policies": { name: "system:network-policies" },
};

/** Issues every certificate and writes every kubeconfig, the administrator's as `layout.kubeconfig`. */
export async function createCredentials(layout: ClusterLayout): Promise<Credentials> {
  const folder = path.join(layout.folder, "certificates");
  const [authority, proxyAuthority] = await Promise.all([
    CertificateAuthority.create(folder, "cluster-authority"),
    CertificateAuthority.create(folder, "proxy-authority"),
  ]);
  const serverNames = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  const hosts = [...serverNames, CONTROL_PLANE.name, API_SERVICE_ADDRESS, CONTROL_PLANE.address, "127.0.0.1"];
  const apiServer = await authority.issue("api-server", { name: "kube-apiserver", hosts });
  const administrators = ["system:masters"];
  const kubeletClient = await authority.issue("kubelet-client", {
    name: "kube-apiserver",
    groups: administrators,
  });
  const proxyClient = await proxyAuthority.issue("proxy-client", { name: "front-proxy-client" });
  const administrator = await authority.issue("administrator", {
    name: "administrator",
    groups: administrators,
  });
  writeKubeconfig(layout.kubeconfig, API_SERVER, authority, administrator);
  for (const [file, subject] of Object.entries(CLIENTS)) {
    const issued = await authority.issue(file, subject);
    writeKubeconfig(kubeconfigOf(layout, file), API_SERVER, authority, issued);
  }
  for (const { name, address } of NODES) {
    const client = await authority.issue(name, { name: `system:node:${name}`, groups: ["system:nodes"] });
    writeKubeconfig(kubeconfigOf(layout, name), API_SERVER, authority, client);
    await authority.issue(`${name}-server`, { name, hosts: [name, address] });
  }
  const tokenKeys = await createKeyPair(folder, "tokens");
  return { authority, proxyAuthority, proxyClient, apiServer, kubeletClient, tokenKeys };
}

/** Kubeconfig of a component or a node. */
export function kubeconfigOf(layout: ClusterLayout, client: string): string {
  return path.join(layout.folder, "certificates", `${client}.kubeconfig`);
}

/** The certificate that a node's kubelet serves with. */
export function servingCertificate(layout: ClusterLayout, node: string): Certificate {
  const base = path.join(layout.folder, "certificates", `${node}-server`);
  return { certificate: `${base}.crt`, key: `${base}.key` };
}
