import { readFileSync } from "node:fs";
import * as path from "node:path";

import { DEFAULT_KUBERNETES_VERSION } from "../../config/versions";
import { importCommand } from "../../local/cluster/images";
import { pinnedKubernetes } from "../../local/cluster/layout";
import { overlaps } from "../../local/cluster/network";
import { CLUSTER_CIDR, NODES, POD_CIDR, SERVICE_CIDR } from "../../local/cluster/topology";

const ROOT = path.resolve(__dirname, "../..");

describe("the pinned Kubernetes", () => {
  const version = pinnedKubernetes(ROOT);

  test("is of the minor that stacks run by default", () => {
    expect(version.split(".").slice(0, 2).join(".")).toBe(DEFAULT_KUBERNETES_VERSION);
  });

  test.each([
    ["kubernetes", /^\tk8s\.io\/[a-z-]+ => k8s\.io\/[a-z-]+ v(\S+)$/gm],
    ["cluster", /^\tk8s\.io\/(?:api|apimachinery|client-go|component-base) v(\S+)/gm],
  ])("has libraries of its own release (tools/%s)", (module, pattern) => {
    const text = readFileSync(path.join(ROOT, "tools", module, "go.mod"), "utf8");
    const versions = [...text.matchAll(pattern)].map((match) => match[1]);
    expect(versions.length).toBeGreaterThan(3);
    expect(new Set(versions)).toEqual(new Set([version.replace(/^1\./, "0.")]));
  });

  test("is missed where the module pins none", () => {
    expect(() => pinnedKubernetes(path.join(ROOT, "none"))).toThrow(/go\.mod/);
  });
});

describe("the cluster's networks", () => {
  test.each([
    ["10.213.0.0/16", "10.213.4.7", true],
    ["10.213.0.0/16", "10.0.0.0/8", true],
    ["10.213.0.0/16", "10.212.255.0/24", false],
    ["0.0.0.0/0", "203.0.113.9/32", true],
    ["192.168.0.0/17", "192.168.128.0/17", false],
  ])("%s and %s overlap: %s", (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected);
    expect(overlaps(other, one)).toBe(expected);
  });

  test("lie in the cluster's network and share no address", () => {
    const machines = "10.213.0.0/24";
    for (const network of [machines, SERVICE_CIDR, POD_CIDR])
      expect(overlaps(network, CLUSTER_CIDR)).toBe(true);
    expect(overlaps(SERVICE_CIDR, POD_CIDR)).toBe(false);
    expect(overlaps(SERVICE_CIDR, machines)).toBe(false);
    expect(overlaps(POD_CIDR, machines)).toBe(false);
    for (const { podCidr, address } of NODES) {
      expect(overlaps(podCidr, POD_CIDR)).toBe(true);
      expect(overlaps(address, machines)).toBe(true);
    }
    expect(new Set(NODES.map(({ podCidr }) => podCidr)).size).toBe(NODES.length);
  });
});

describe("an image that a node is given", () => {
  test.each([
    ["host/team/api:1@sha256:ab", ["--base-name", "host/team/api", "--digests"]],
    ["host:5000/api@sha256:ab", ["--base-name", "host:5000/api", "--digests"]],
    ["host/api:1", ["--index-name", "host/api:1"]],
  ])("is found as pods ask for %s", (reference, options) => {
    expect(importCommand(reference)).toEqual(
      expect.arrayContaining(["ctr", "--namespace", "k8s.io", "images", "import", ...options, "-"]),
    );
  });
});
