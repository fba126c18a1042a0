/** The machines' network: a switch, a cable for each machine, and one for this machine. */
import { UserError } from "../driver/errors";
import { run } from "./commands";
import type { ClusterLayout } from "./layout";
import { findMachine, runOn } from "./machines";
import {
  CLUSTER_CIDR,
  CONTROL_PLANE,
  HOST_ADDRESS,
  HOST_INTERFACE,
  MACHINE_PREFIX_LENGTH,
  NODES,
  NODE_PORTS,
  SERVICE_CIDR,
  SWITCH,
} from "./topology";

/** Mask of the processors that a machine's packets are given to, in its own view of the kernel. */
const FLOW_PROCESSORS = "/sys/class/net/eth0/queues/rx-0/rps_cpus";

/** The one table of packet filters that this machine gets. */
export const PACKET_TABLE = "aks_platform_cluster";

interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/** @throws UserError where the cluster's addresses are in use on this machine. */
export async function refuseTakenNetwork(): Promise<void> {
  const routes = JSON.parse(await run("ip", ["-json", "-4", "route", "show", "table", "all"])) as Route[];
  const taken = routes.find(({ dst }) => dst !== "default" && overlaps(dst, CLUSTER_CIDR));
  if (taken === undefined) return;
  throw new UserError(
    `the cluster's network ${CLUSTER_CIDR} is in use: this machine has a route to ${taken.dst} by ${taken.dev ?? "no interface"}.\n` +
      "Fix: `make cluster-down` where another checkout's cluster runs; otherwise change local/cluster/topology.ts.",
  );
}

/** True where two IPv4 networks, such as `10.0.0.0/16` or one address, share an address. */
export function overlaps(one: string, other: string): boolean {
  const [first, second] = [parseNetwork(one), parseNetwork(other)];
  const shift = 32 - Math.min(first.prefixLength, second.prefixLength);
  const scale = 2 ** shift;
  return Math.floor(first.address / scale) === Math.floor(second.address / scale);
}

function parseNetwork(network: string): { readonly address: number; readonly prefixLength: number } {
  const [address = "", length = "32"] = network.split("/");
  const octets = address.split(".");
  return {
    address: octets.reduce((sum, octet) => sum * 256 + Number(octet), 0),
    prefixLength: Number(length),
  };
}

/** Sets up the switch, once its machine runs, and this machine's cable to it. */
export async function createSwitch(layout: ClusterLayout): Promise<void> {
  // What passes the switch is filtered by the machines that send and receive it.
  const bridge = [
    "ip link add machines type bridge",
    "ip link set machines up",
    "if [ -e /proc/sys/net/bridge ]; then sysctl -q -w net.bridge.bridge-nf-call-iptables=0; fi",
  ];
  await runOn(layout, SWITCH, "sh", ["-euc", bridge.join("\n")]);
  const address = `${HOST_ADDRESS}/${MACHINE_PREFIX_LENGTH}`;
  await run("ip", [
    "link",
    "add",
    HOST_INTERFACE,
    "type",
    "veth",
    "peer",
    "name",
    "host",
    "netns",
    pidOf(layout, SWITCH),
  ]);
  await runOn(layout, SWITCH, "ip", ["link", "set", "host", "master", "machines", "up"]);
  await run("ip", ["address", "add", address, "dev", HOST_INTERFACE]);
  await run("ip", ["link", "set", HOST_INTERFACE, "up"]);
  for (const { podCidr, address: via } of NODES) await run("ip", ["route", "add", podCidr, "via", via]);
  await run("ip", ["route", "add", SERVICE_CIDR, "via", firstNode().address]);
}

/** Plugs a running machine in; nodes forward between their pods and the other nodes. */
export async function connectMachine(
  layout: ClusterLayout,
  { name, address }: { readonly name: string; readonly address: string },
): Promise<void> {
  const peer = ["peer", "name", name, "netns", pidOf(layout, SWITCH)];
  await run("ip", ["link", "add", "eth0", "netns", pidOf(layout, name), "type", "veth", ...peer]);
  await runOn(layout, SWITCH, "ip", ["link", "set", name, "master", "machines", "up"]);
  const routes = NODES.filter((node) => node.name !== name).map(
    (node) => `ip route add ${node.podCidr} via ${node.address}`,
  );
  const steps = [
    `ip address add ${address}/${MACHINE_PREFIX_LENGTH} dev eth0`,
    "ip link set eth0 up",
    ...routes,
  ];
  const forwards = name === CONTROL_PLANE.name ? [] : ["sysctl -q -w net.ipv4.ip_forward=1"];
  await runOn(layout, name, "sh", ["-euc", [...steps, ...forwards].join("\n")]);
  await steerFlows(layout, name);
}

/**
 * Gives all packets of a connection to one processor, as the queues of a network card do. A virtual cable leaves each
 * to the processor that sent it: a client's first data then reach a pod while another processor turns the handshake's
 * last packet into a connection, and where Linux finds neither of the two in its table, it answers with a reset:
 * https://github.com/torvalds/linux/commit/e0f9759f530bf789e984961dce79f525b151ecf3 tells of that race.
 */
async function steerFlows(layout: ClusterLayout, machine: string): Promise<void> {
  const steps = [
    // The machine's /sys shows this machine's interfaces; only a new one shows its own.
    "mount -t sysfs sysfs /sys",
    `sed -n 's/^Cpus_allowed:[[:space:]]*//p' /proc/self/status > ${FLOW_PROCESSORS}`,
  ];
  await runOn(layout, machine, "unshare", ["--mount", "sh", "-euc", steps.join("\n")]);
}

/**
 * Makes node ports answer on this machine's loopback address: the first node takes them, as every node does. Answers
 * come back by an interface that has to accept them for 127.0.0.1; no other interface's setting changes.
 */
export async function openNodePorts(): Promise<void> {
  const table = `table ip ${PACKET_TABLE} {
    chain output {
      type nat hook output priority -100;
      ip daddr 127.0.0.1 tcp dport ${NODE_PORTS.first}-${NODE_PORTS.last} dnat to ${firstNode().address}
    }
    chain postrouting {
      type nat hook postrouting priority srcnat;
      oifname "${HOST_INTERFACE}" ip saddr 127.0.0.0/8 masquerade
    }
  }`;
  await run("nft", ["--file", "-"], { input: table });
  await run("sysctl", ["-q", "-w", `net.ipv4.conf.${HOST_INTERFACE}.route_localnet=1`]);
}

/** Removes what is on this machine itself. The interface and its routes have gone with the switch. */
export async function removeHostNetwork(): Promise<void> {
  // Deleting what is not there is an error, so that it is made first.
  await run("nft", ["--file", "-"], {
    input: `table ip ${PACKET_TABLE} {}\ndelete table ip ${PACKET_TABLE}\n`,
  });
}

function pidOf(layout: ClusterLayout, machine: string): string {
  const pid = findMachine(layout, machine);
  if (pid === undefined) throw new Error(`the machine ${machine} does not run`);
  return String(pid);
}

function firstNode(): { readonly address: string } {
  const [node] = NODES;
  if (node === undefined) throw new Error("the cluster has no node");
  return node;
}
