/** Definitions of custom resources, out of the sources that the Go modules in `tools/` pin. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";

import { UserError, messageOf } from "../driver/errors";
import type { Manifest } from "./addons/manifest";
import { run } from "./commands";
import type { ClusterLayout } from "./layout";

interface DefinitionSource {
  /** Folder in `tools/` whose go.mod pins the module. */
  readonly folder: string;
  readonly module: string;
  /** File in the module. */
  readonly file: string;
}

const SOURCES = {
  verticalPodAutoscaler: {
    folder: "vertical-pod-autoscaler",
    module: "k8s.io/autoscaler/vertical-pod-autoscaler",
    file: "deploy/vpa-v1-crd-gen.yaml",
  },
  rollout: rolloutsDefinition("rollout"),
  analysisTemplate: rolloutsDefinition("analysis-template"),
  analysisRun: rolloutsDefinition("analysis-run"),
  clusterAnalysisTemplate: rolloutsDefinition("cluster-analysis-template"),
  experiment: rolloutsDefinition("experiment"),
} as const satisfies Readonly<Record<string, DefinitionSource>>;

function rolloutsDefinition(name: string): DefinitionSource {
  return {
    folder: "rollouts",
    module: "github.com/argoproj/argo-rollouts",
    file: `manifests/crds/${name}-crd.yaml`,
  };
}

export type DefinitionName = keyof typeof SOURCES;

const NAMES = Object.keys(SOURCES) as DefinitionName[];

/** Names of the definitions that are not there yet. */
export function missingDefinitions(layout: ClusterLayout): DefinitionName[] {
  return NAMES.filter((name) => !existsSync(fileOf(layout, name)));
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
  const { folder, module, file }: DefinitionSource = SOURCES[name];
  const target = fileOf(layout, name);
  mkdirSync(path.dirname(target), { recursive: true });
  try {
    const cwd = path.join(layout.modules, folder);
    const { Dir } = JSON.parse(await run("go", ["mod", "download", "-json", module], { cwd })) as {
      readonly Dir: string;
    };
    copyFileSync(path.join(Dir, file), `${target}.new`);
    renameSync(`${target}.new`, target);
  } catch (error) {
    throw new UserError(
      `Go could not get ${file} of ${module}: ${messageOf(error)}\n` +
        "Fix: check the network or the GOPROXY setting, then run this again.",
    );
  }
}

function fileOf(layout: ClusterLayout, name: DefinitionName): string {
  return path.join(layout.tools, "definitions", `${name}.yaml`);
}
