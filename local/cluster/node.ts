/** A node: containerd, kubelet and kube-proxy on a machine of their own. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import type { Certificate } from "./certificates";
import { toArguments } from "./controlPlane";
import { kubeconfigOf, servingCertificate } from "./credentials";
import { controlGroupOf } from "./kernel";
import type { ClusterLayout } from "./layout";
import { machineFolder, runOn, startOn } from "./machines";
import { waitUntil } from "./processes";
import { PAUSE_IMAGE } from "./images";
import { DNS_SERVICE_ADDRESS, type Node, POD_CIDR, REGION } from "./topology";

/** Debian's package puts the plugins here. */
const NETWORK_PLUGINS = "/usr/lib/cni";
const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** Starts the container runtime and waits until it takes images. */
export async function startRuntime(layout: ClusterLayout, node: Node): Promise<void> {
  const folder = machineFolder(layout, node.name);
  const networks = path.join(folder, "networks");
  mkdirSync(networks, { recursive: true });
  writeFileSync(path.join(networks, "pods.conflist"), JSON.stringify(podNetwork(node), undefined, 2));
  const config = path.join(folder, "containerd.toml");
  writeFileSync(config, containerdConfig(networks));
  startOn(layout, node.name, { name: "containerd", command: "containerd", args: ["--config", config] });
  const ask = async () =>
    runOn(layout, node.name, "ctr", ["--timeout", "2s", "version"]).then(
      () => true,
      () => false,
    );
  const daemon = { folder: layout.folder, name: `${node.name}/containerd` };
  await waitUntil(`containerd of ${node.name}`, ask, { seconds: 120, daemon });
}

/** Starts the kubelet and kube-proxy. The API server must be ready. */
export function startNode(layout: ClusterLayout, node: Node, authority: Certificate): void {
  const folder = machineFolder(layout, node.name);
  const config = path.join(folder, "kubelet.json");
  const resolver = path.join(folder, "resolv.conf");
  // Pods know the cluster's names alone: nothing of this machine's network leads out of the cluster.
  writeFileSync(resolver, "");
  const serving = servingCertificate(layout, node.name);
  writeFileSync(config, JSON.stringify(kubeletConfig(node, { authority, serving, resolver }), undefined, 2));
  startOn(layout, node.name, {
    name: "kubelet",
    command: layout.program("kubelet"),
    args: toArguments({
      config,
      kubeconfig: kubeconfigOf(layout, node.name),
      "hostname-override": node.name,
      "node-ip": node.address,
      "node-labels": Object.entries(labels(node))
        .map((label) => label.join("="))
        .join(","),
    }),
  });
  startOn(layout, node.name, {
    name: "kube-proxy",
    command: layout.program("kube-proxy"),
    args: proxyArguments(layout, node),
  });
}

/** As the nodes of a zonal pool on AKS have them. */
function labels({ zone }: Node): Readonly<Record<string, string>> {
  return {
    "topology.kubernetes.io/region": REGION,
    "topology.kubernetes.io/zone": zone,
    "kubernetes.azure.com/mode": "system",
  };
}

function proxyArguments(layout: ClusterLayout, node: Node): string[] {
  return toArguments({
    kubeconfig: kubeconfigOf(layout, "proxy"),
    "hostname-override": node.name,
    "proxy-mode": "iptables",
    "cluster-cidr": POD_CIDR,
    // Limits of connection tracking are the whole machine's.
    "conntrack-max-per-core": "0",
    "conntrack-tcp-timeout-established": "0s",
    "conntrack-tcp-timeout-close-wait": "0s",
  });
}

function podNetwork({ podCidr }: Node): object {
  return {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      // A cable for each pod and no bridge: all that pods send is routed, and so filtered, by their node.
      {
        type: "ptp",
        ipMasq: false,
        ipam: { type: "host-local", ranges: [[{ subnet: podCidr }]], routes: [{ dst: "0.0.0.0/0" }] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

/** Configuration of containerd 1.6, which containerd 1.7 and 2 read too. */
function containerdConfig(networks: string): string {
  return `version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Not every machine's root may lower a process's score for the kernel's out-of-memory killer.
  restrict_oom_score_adj = true
  # As containerd 2 does, and with it AKS: a pod may listen on port 53 without being root.
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${NETWORK_PLUGINS}"
    conf_dir = "${networks}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`;
}

interface KubeletFiles {
  readonly authority: Certificate;
  readonly serving: Certificate;
  readonly resolver: string;
}

function kubeletConfig(node: Node, { authority, serving, resolver }: KubeletFiles): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: authority.certificate },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: serving.certificate,
    tlsPrivateKeyFile: serving.key,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    clusterDNS: [DNS_SERVICE_ADDRESS],
    clusterDomain: "cluster.local",
    resolvConf: resolver,
    cgroupDriver: "cgroupfs",
    cgroupRoot: controlGroupOf(node.name),
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    serializeImagePulls: false,
    // In the node's own folder: the default would be created in this machine's.
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    // The disk is this machine's: what fills it is not a pod's fault.
    imageGCHighThresholdPercent: 100,
    evictionHard: Object.fromEntries(
      ["imagefs.available", "nodefs.available", "nodefs.inodesFree", "memory.available"].map((signal) => [
        signal,
        "0%",
      ]),
    ),
  };
}

/** True where the container runtime's network plugins are installed. */
export function hasNetworkPlugins(): boolean {
  return ["ptp", "host-local", "portmap", "loopback"].every((name) =>
    existsSync(path.join(NETWORK_PLUGINS, name)),
  );
}
