import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { missingBinaries } from "../../local/cluster/binaries";
import { createClusterLayout } from "../../local/cluster/layout";
import { markCurrent } from "../../local/cluster/sources";

const FOLDERS = ["kubernetes", "cluster", "metrics-server", "notation", "rollouts", "prometheus"];

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "cluster-sources-"));
  for (const folder of FOLDERS) {
    mkdirSync(path.join(root, "tools", folder), { recursive: true });
    writeFileSync(path.join(root, "tools", folder, "go.mod"), "require k8s.io/kubernetes v1.35.4\n");
  }
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test("what was built of a module is built again once its sources have changed, and nothing else is", () => {
  const layout = createClusterLayout(root);
  mkdirSync(layout.tools, { recursive: true });
  for (const program of missingBinaries(layout)) writeFileSync(layout.program(program), "");
  expect(missingBinaries(layout)).toContain("kube-apiserver");
  for (const folder of FOLDERS) markCurrent(layout, folder, folder);
  expect(missingBinaries(layout)).toEqual([]);

  appendFileSync(path.join(root, "tools/rollouts/go.mod"), "// another version\n");
  expect(missingBinaries(layout)).toEqual(["rollouts-controller"]);
  mkdirSync(path.join(root, "tools/cluster/pause"));
  writeFileSync(path.join(root, "tools/cluster/pause/main.go"), "package main\n");
  expect(missingBinaries(layout)).toEqual(["pause", "coredns", "network-policies", "rollouts-controller"]);
});

test("an executable that is gone is built again, by itself", () => {
  const layout = createClusterLayout(root);
  markCurrent(layout, "notation", "notation");
  markCurrent(layout, "prometheus", "prometheus");
  writeFileSync(layout.program("notation"), "");
  const missing = missingBinaries(layout);
  expect(missing).toContain("prometheus");
  expect(missing).not.toContain("notation");
});
