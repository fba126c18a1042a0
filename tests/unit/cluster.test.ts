import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { CertificateAuthority, writeKubeconfig } from "../../local/cluster/certificates";
import { findCluster } from "../../local/cluster/find";
import { createClusterLayout } from "../../local/cluster/layout";
import { withLock } from "../../local/cluster/lock";
import { missingPackages } from "../../local/cluster/packages";
import { endProcesses, findProcesses, logFile, startDaemon, waitUntil } from "../../local/cluster/processes";

const ROOT = path.resolve(__dirname, "../..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cluster-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const runScript = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  spawnSync("tools/setup.sh", ["node", "--require", "@swc-node/register", "local/cluster/run.ts", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });

describe("certificates", () => {
  test("are trusted by their authority alone, for their hosts and groups", async () => {
    const [authority, other] = await Promise.all([
      CertificateAuthority.create(folder, "one"),
      CertificateAuthority.create(folder, "other"),
    ]);
    const server = await authority.issue("server", { name: "server", hosts: ["server", "10.213.0.2"] });
    const client = await authority.issue("client", { name: "system:node:a", groups: ["system:nodes"] });
    const verify = (trusted: string, ...args: string[]) =>
      spawnSync("openssl", ["verify", "-CAfile", trusted, ...args], { encoding: "utf8" }).status;
    expect(verify(authority.certificate, "-verify_ip", "10.213.0.2", server.certificate)).toBe(0);
    expect(verify(authority.certificate, "-verify_ip", "10.213.0.3", server.certificate)).not.toBe(0);
    expect(verify(authority.certificate, "-purpose", "sslclient", client.certificate)).toBe(0);
    expect(verify(authority.certificate, "-purpose", "sslserver", client.certificate)).not.toBe(0);
    expect(verify(other.certificate, server.certificate)).not.toBe(0);
    const subject = spawnSync("openssl", ["x509", "-noout", "-subject", "-in", client.certificate], {
      encoding: "utf8",
    });
    expect(subject.stdout).toMatch(/O ?= ?system:nodes, ?CN ?= ?system:node:a/);
    const kubeconfig = path.join(folder, "kubeconfig");
    writeKubeconfig(kubeconfig, "https://10.213.0.2:6443", authority, client);
    for (const file of [kubeconfig, client.key, authority.key])
      expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe("daemons", () => {
  test("are found by their mark, leave a log and are ended", async () => {
    startDaemon(folder, {
      name: "machine/sleeper",
      command: "sh",
      args: ["-c", "echo started; exec sleep 60"],
    });
    const isRunning = async () =>
      Promise.resolve(findProcesses(folder).some(({ program }) => program === "sleep"));
    await waitUntil("the daemon", isRunning, { seconds: 10 });
    expect(findProcesses(folder)).toMatchObject([{ name: "machine/sleeper", program: "sleep" }]);
    expect(readFileSync(logFile(folder, "machine/sleeper"), "utf8")).toBe("started\n");
    await endProcesses(folder, ({ name }) => name === "another");
    expect(findProcesses(folder)).toHaveLength(1);
    await endProcesses(folder, () => true);
    expect(findProcesses(folder)).toEqual([]);
  });

  test("that never become ready are reported with the reason and their log", async () => {
    startDaemon(folder, { name: "slow", command: "sh", args: ["-c", "echo loading; exec sleep 60"] });
    const refuse = async () => Promise.resolve("connection refused");
    const answer = waitUntil("the server", refuse, { seconds: 1, daemon: { folder, name: "slow" } });
    await expect(answer).rejects.toThrow(/is not ready after 1 seconds: connection refused[^]*loading/);
    await endProcesses(folder, () => true);
  });

  test("that have ended are not waited for", async () => {
    startDaemon(folder, { name: "broken", command: "sh", args: ["-c", "echo no such file >&2; exit 1"] });
    const refuse = async () => Promise.resolve(false);
    const answer = waitUntil("the server", refuse, { seconds: 60, daemon: { folder, name: "broken" } });
    await expect(answer).rejects.toThrow(/the server ended before it was ready[^]*no such file/);
  }, 15_000);
});

describe("the lock", () => {
  test("refuses a second change while one runs, and is free afterwards", async () => {
    const inner = withLock(folder, async () => withLock(folder, () => Promise.resolve("both")));
    await expect(inner).rejects.toThrow(`the cluster is being changed by process ${process.pid}`);
    await expect(withLock(folder, () => Promise.resolve("one"))).resolves.toBe("one");
  });

  test("of a process that was killed does not count", async () => {
    const { pid } = spawnSync("true");
    writeFileSync(`${folder}.lock`, String(pid));
    await expect(withLock(folder, () => Promise.resolve("free"))).resolves.toBe("free");
  });
});

describe("what the distribution has to bring", () => {
  test("is named by package, each once", () => {
    const missing = missingPackages({ PATH: folder });
    expect(missing).toEqual(expect.arrayContaining(["etcd-server", "containerd", "buildah", "iptables"]));
    expect(missing.filter((name) => name === "containerd")).toHaveLength(1);
  });
});

describe("the search for a cluster", () => {
  /** A kubectl that knows two nodes, and a docker that notes how it is called. */
  function installFakes(context: string): NodeJS.ProcessEnv {
    const node = (name: string) => ({
      metadata: { name },
      status: {
        addresses: [{ type: "InternalIP", address: "172.18.0.2" }],
        conditions: [{ type: "Ready", status: "True" }],
        nodeInfo: { kubeletVersion: "v1.35.0" },
      },
    });
    writeFileSync(path.join(folder, "nodes.json"), JSON.stringify({ items: [node("a"), node("b")] }));
    const answers = `case "$*" in
      *"get nodes"*) cat ${folder}/nodes.json ;;
      *current-context*) echo ${context} ;;
      *"config view"*) printf https://127.0.0.1:40000 ;;
    esac`;
    const fakes = { kubectl: answers, docker: `echo "$@: $(cat)" >>${folder}/docker-called` };
    for (const [name, body] of Object.entries(fakes)) {
      writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`);
      chmodSync(path.join(folder, name), 0o755);
    }
    const PATH = `${folder}:${process.env["PATH"] ?? ""}`;
    return { PATH, AKS_PLATFORM_CLUSTER: "external", KUBECONFIG: path.join(folder, "config") };
  }

  test("takes the cluster of KUBECONFIG where that is chosen, and loads images into its nodes", async () => {
    const search = await findCluster(installFakes("kind-platform"));
    if ("reason" in search) throw new Error(search.reason);
    const { cluster } = search;
    expect(cluster).toMatchObject({ origin: "external", server: "https://127.0.0.1:40000" });
    expect(cluster.nodes).toEqual(
      ["a", "b"].map((name) => ({ name, address: "172.18.0.2", isReady: true, version: "v1.35.0" })),
    );
    writeFileSync(path.join(folder, "api.tar"), "layers");
    await cluster.importImage(path.join(folder, "api.tar"), "registry/api:1");
    const load = "ctr --namespace k8s.io images import --index-name registry/api:1 -: layers";
    expect(readFileSync(path.join(folder, "docker-called"), "utf8")).toBe(
      ["a", "b"].map((node) => `exec --interactive ${node} ${load}\n`).join(""),
    );
  });

  test("knows no way to load images into a cluster of another maker", async () => {
    const search = await findCluster(installFakes("production"));
    if ("reason" in search) throw new Error(search.reason);
    await expect(search.cluster.importImage("/images/api.tar")).rejects.toThrow(
      /"production" is neither kind's nor k3d's/,
    );
  });

  test.each([
    [{ AKS_PLATFORM_CLUSTER: "none" }, /^AKS_PLATFORM_CLUSTER is none\.$/],
    [{ AKS_PLATFORM_CLUSTER: "external" }, /KUBECONFIG names no file\. Fix:/],
    [
      { AKS_PLATFORM_CLUSTER: "external", KUBECONFIG: "/nowhere", PATH: "" },
      /the cluster of \/nowhere does not answer/,
    ],
  ])("says why there is none (%j)", async (environment, reason) => {
    await expect(findCluster(environment)).resolves.toMatchObject({
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  test("refuses a choice that does not exist", async () => {
    await expect(findCluster({ AKS_PLATFORM_CLUSTER: "azure" })).rejects.toThrow(
      'AKS_PLATFORM_CLUSTER: got "azure", allowed: local, external, none.',
    );
  });

  test("says that none runs, and how to start one", async () => {
    const layout = { ...createClusterLayout(ROOT), folder: path.join(folder, "cluster") };
    expect(await findCluster({}, layout)).toEqual({
      reason: "no cluster runs. Fix: `make cluster` starts one.",
    });
  });
});

describe("the command line", () => {
  test.each([[["start"]], [["up", "down"]], [["up", "--json"]], [["status", "--yaml"]], [[]]])(
    "refuses %j and names what there is",
    (args) => {
      const { status, stderr } = runScript(args);
      expect(status).toBe(2);
      expect(stderr).toMatch(/llowed: setup, up, down, status \[--json\]/);
    },
  );

  test("reports as JSON where no cluster is to be used", () => {
    const { stdout } = runScript(["status", "--json"], { AKS_PLATFORM_CLUSTER: "none" });
    expect(JSON.parse(stdout)).toEqual({ origin: null, reason: "AKS_PLATFORM_CLUSTER is none." });
  });
});
