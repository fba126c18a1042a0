/** Definitions of custom resources, out of the sources that the Go modules in `tools/` pin. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";

import { UserError, messageOf } from "../driver/errors";
import type { Manifest } from "./addons/manifest";
import { run } from "./commands";
import type { ClusterLayout } from "./layout";
import { isCurrent, markCurrent } from "./sources";

interface DefinitionSource {
  /** Folder in `tools/` whose go.mod pins the module. */
  readonly folder: string;
  readonly module: string;
  /** Files in the module. */
  readonly files: readonly string[];
}

const SOURCES = {
  verticalPodAutoscaler: {
    folder: "vertical-pod-autoscaler",
    module: "k8s.io/autoscaler/vertical-pod-autoscaler",
    files: ["deploy/vpa-v1-crd-gen.yaml"],
  },
  rollouts: {
    folder: "rollouts",
    module: "github.com/argoproj/argo-rollouts",
    files: ["rollout", "analysis-template", "analysis-run", "cluster-analysis-template", "experiment"].map(
      (name) => `manifests/crds/${name}-crd.yaml`,
    ),
  },
} as const satisfies Readonly<Record<string, DefinitionSource>>;

export type DefinitionName = keyof typeof SOURCES;

const NAMES = Object.keys(SOURCES) as DefinitionName[];

/** Names of the definitions that are not there yet, or are of another version. */
export function missingDefinitions(layout: ClusterLayout): DefinitionName[] {
  return NAMES.filter((name) => !isCurrent(layout, SOURCES[name].folder, keptAs(name)));
}

/** Gets what is missing, checked against the pinned checksums. @throws UserError with Go's message */
export async function obtainDefinitions(layout: ClusterLayout): Promise<void> {
  for (const name of missingDefinitions(layout)) await obtain(layout, name);
}

/** The objects that define the custom resources. */
export function readDefinitions(layout: ClusterLayout, name: DefinitionName): Manifest[] {
  const documents = parseAllDocuments(readFileSync(fileOf(layout, name), "utf8"));
  return documents.map((document) => document.toJS() as Manifest | null).filter((one) => one !== null);
}

async function obtain(layout: ClusterLayout, name: DefinitionName): Promise<void> {
  const { folder, module, files }: DefinitionSource = SOURCES[name];
  try {
    const cwd = path.join(layout.modules, folder);
    const { Dir } = JSON.parse(await run("go", ["mod", "download", "-json", module], { cwd })) as {
      readonly Dir: string;
    };
    const texts = files.map((file) => readFileSync(path.join(Dir, file), "utf8"));
    const target = fileOf(layout, name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, texts.join("\n---\n"));
    markCurrent(layout, folder, keptAs(name));
  } catch (error) {
    throw new UserError(
      `Go could not get ${files.join(", ")} of ${module}: ${messageOf(error)}\n` +
        "Fix: check the network or the GOPROXY setting, then run this again.",
    );
  }
}

function fileOf(layout: ClusterLayout, name: DefinitionName): string {
  return path.join(layout.tools, `${keptAs(name)}.yaml`);
}

function keptAs(name: DefinitionName): string {
  return path.join("definitions", name);
}
