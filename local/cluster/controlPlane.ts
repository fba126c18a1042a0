/** The cluster's control plane: etcd, the API server, the controllers and the scheduler, on a machine of their own. */
import { run } from "./commands";
import { type Credentials, kubeconfigOf } from "./credentials";
import type { ClusterLayout } from "./layout";
import { startOn } from "./machines";
import { waitUntil } from "./processes";
import { messageOf } from "../driver/errors";
import { CONTROL_PLANE, POD_CIDR, SERVICE_CIDR } from "./topology";

/** On the loopback address of a machine that runs nothing else. */
const ETCD = "http://127.0.0.1:2379";
const SERVICE_ACCOUNT_ISSUER = "https://kubernetes.default.svc.cluster.local";

/** Starts the control plane and waits until its API is ready. */
export async function startControlPlane(layout: ClusterLayout, credentials: Credentials): Promise<void> {
  const start = (name: string, command: string, args: readonly string[]) => {
    startOn(layout, CONTROL_PLANE.name, { name, command, args });
  };
  start("etcd", "etcd", etcdArguments());
  start("kube-apiserver", layout.program("kube-apiserver"), apiServerArguments(credentials));
  await waitUntil("the API server", () => isReady(layout), {
    seconds: 240,
    daemon: { folder: layout.folder, name: `${CONTROL_PLANE.name}/kube-apiserver` },
  });
  // They end where their rights are not there yet, and the API server is ready when it has written them.
  start(
    "kube-controller-manager",
    layout.program("kube-controller-manager"),
    controllerArguments(kubeconfigOf(layout, "controller-manager"), credentials),
  );
  start(
    "kube-scheduler",
    layout.program("kube-scheduler"),
    schedulerArguments(kubeconfigOf(layout, "scheduler")),
  );
}

/** Asks the API server whether it is ready; answers with the reason where it is not. */
export async function isReady(layout: ClusterLayout): Promise<true | string> {
  const args = ["--kubeconfig", layout.kubeconfig, "--request-timeout", "3s", "get", "--raw", "/readyz"];
  return run(layout.program("kubectl"), args).then(
    () => true as const,
    (error: unknown) => messageOf(error),
  );
}

function etcdArguments(): string[] {
  return toArguments({
    // In memory: the cluster's state goes with the cluster.
    "data-dir": "/run/etcd",
    "listen-client-urls": ETCD,
    "advertise-client-urls": ETCD,
    "listen-peer-urls": "http://127.0.0.1:2380",
  });
}

function apiServerArguments(credentials: Credentials): string[] {
  return toArguments({
    "advertise-address": CONTROL_PLANE.address,
    "bind-address": "0.0.0.0",
    "secure-port": "6443",
    "etcd-servers": ETCD,
    "service-cluster-ip-range": SERVICE_CIDR,
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "client-ca-file": credentials.authority.certificate,
    "tls-cert-file": credentials.apiServer.certificate,
    "tls-private-key-file": credentials.apiServer.key,
    "kubelet-certificate-authority": credentials.authority.certificate,
    "kubelet-client-certificate": credentials.kubeletClient.certificate,
    "kubelet-client-key": credentials.kubeletClient.key,
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-issuer": SERVICE_ACCOUNT_ISSUER,
    "service-account-key-file": credentials.tokenKeys.public,
    "service-account-signing-key-file": credentials.tokenKeys.private,
    "requestheader-client-ca-file": credentials.proxyAuthority.certificate,
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-username-headers": "X-Remote-User",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "proxy-client-cert-file": credentials.proxyClient.certificate,
    "proxy-client-key-file": credentials.proxyClient.key,
    // No kube-proxy runs on this machine: pods behind webhooks and API services are called directly.
    "enable-aggregator-routing": "true",
    "allow-privileged": "true",
  });
}

function controllerArguments(kubeconfig: string, { authority, tokenKeys }: Credentials): string[] {
  return toArguments({
    ...clientFlags(kubeconfig),
    "use-service-account-credentials": "true",
    "service-account-private-key-file": tokenKeys.private,
    "root-ca-file": authority.certificate,
    "cluster-signing-cert-file": authority.certificate,
    "cluster-signing-key-file": authority.key,
    "cluster-cidr": POD_CIDR,
    // Each node's pod network is fixed (topology.ts), so that routes to it can be set before it starts.
    "allocate-node-cidrs": "false",
  });
}

function schedulerArguments(kubeconfig: string): string[] {
  return toArguments(clientFlags(kubeconfig));
}

function clientFlags(kubeconfig: string) {
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "bind-address": "127.0.0.1",
    "leader-elect": "false",
  };
}

/** Command-line flags from their names and values. */
export function toArguments(flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}
