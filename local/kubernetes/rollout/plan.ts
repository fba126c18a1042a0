/** From a Deployment to what the node agent runs: images, environment, identity, or why not. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { LocalImage } from "../cluster/platform";
import { nodeKey, objectId, type ClusterContext } from "../context";
import { quantity } from "../quantity";
import type { ContainerRun, WorkloadSpec } from "../node/protocol";
import type { Container, Deployment, PodSpec } from "../types";
import { admitPods } from "./admit";
import { missingVolumes, resolveEnvironment } from "./environment";
import { resolveIdentity } from "./identity";
import { pull } from "./images";
import type { PodProblem } from "./problems";

export interface Plan {
  readonly problems: readonly PodProblem[];
  /** Absent where none of the pod's images is an emulated one. */
  readonly workload?: WorkloadSpec;
  /** Images that cannot be run here: the pod counts as running without them. */
  readonly notRun: readonly string[];
}

export async function planPods(context: ClusterContext, deployment: Deployment): Promise<Plan> {
  const { namespace = "default" } = deployment.metadata;
  const { replicas = 1, template } = deployment.spec;
  const surge = surgeOf(deployment);
  const isReplacing = (deployment.status?.readyReplicas ?? 0) > 0;
  const together = replicas + (isReplacing && surge.maxUnavailable === 0 ? 1 : 0);
  const { spec, problem } = await admitPods(context, deployment, together);
  if (problem !== undefined) return { problems: [problem], notRun: [] };

  const problems: PodProblem[] = [];
  const notRun: string[] = (spec.initContainers ?? []).map(({ image = "" }) => image);
  const runs: ContainerRun[] = [];
  const identity = await resolveIdentity(context, namespace, template);
  if (identity.problem !== undefined)
    problems.push({ reason: "WorkloadIdentity", message: identity.problem });
  for (const message of await missingVolumes(context.api, namespace, spec)) {
    problems.push({ reason: "FailedMount", message });
  }
  for (const container of spec.containers) {
    const reference = container.image ?? "";
    const pulled = pull(context.platform, context.cluster, reference);
    if (pulled.kind === "error") problems.push({ reason: "ErrImagePull", message: pulled.message });
    else if (pulled.kind === "public") notRun.push(reference);
    else {
      const prepared = await prepare(context, namespace, spec, container, pulled.image);
      problems.push(...prepared.problems);
      runs.push({ ...prepared.run, env: [...prepared.run.env, ...identity.env] });
    }
  }
  const workload = runs.length === 0 ? {} : { workload: workloadOf(context, deployment, runs) };
  return { problems, notRun, ...workload };
}

function workloadOf(
  { cluster }: ClusterContext,
  deployment: Deployment,
  containers: readonly ContainerRun[],
): WorkloadSpec {
  const { namespace = "default", name } = deployment.metadata;
  const { replicas = 1, template, strategy } = deployment.spec;
  return {
    key: nodeKey(objectId(cluster.id, deployment, name, namespace)),
    cluster: cluster.id,
    namespace,
    name,
    labels: template.metadata?.labels ?? {},
    serviceAccount: template.spec.serviceAccountName ?? "default",
    revision: createHash("sha256").update(JSON.stringify(template)).digest("hex").slice(0, 10),
    replicas,
    ...surgeOf(deployment),
    recreate: strategy?.type === "Recreate",
    graceSeconds: template.spec.terminationGracePeriodSeconds ?? 30,
    containers,
  };
}

interface Prepared {
  readonly run: ContainerRun;
  readonly problems: readonly PodProblem[];
}

async function prepare(
  context: ClusterContext,
  namespace: string,
  spec: PodSpec,
  container: Container,
  image: LocalImage,
): Promise<Prepared> {
  const { entries, missing } = await resolveEnvironment(context.api, namespace, container);
  const problems: PodProblem[] = missing.map((message) => ({
    reason: "CreateContainerConfigError",
    message,
  }));
  const rootProblem = nonRootProblem(spec, container, image);
  if (rootProblem !== undefined) {
    problems.push({ reason: "CreateContainerConfigError", message: rootProblem });
  }
  const command = commandOf(container, image);
  if (command === undefined) {
    const given = JSON.stringify(container.command ?? image.entrypoint);
    problems.push({
      reason: "CreateContainerError",
      message: `container ${container.name}: the local node runs images whose entrypoint is node; got ${given}`,
    });
  }
  const imageEnv = Object.entries(image.env).map(([name, value]) => ({ name, value }));
  const port = entries.find(({ name }) => name === "PORT")?.value ?? image.env["PORT"];
  const listenPort =
    port === undefined ? (container.ports?.[0]?.containerPort ?? image.exposedPort) : Number(port);
  const { startupProbe, readinessProbe, livenessProbe, lifecycle } = container;
  const run: ContainerRun = {
    name: container.name,
    folder: image.folder,
    command: command ?? [],
    env: [...imageEnv, ...entries],
    ports: container.ports ?? [],
    ...(listenPort === undefined ? {} : { listenPort }),
    ...(startupProbe === undefined ? {} : { startupProbe }),
    ...(readinessProbe === undefined ? {} : { readinessProbe }),
    ...(livenessProbe === undefined ? {} : { livenessProbe }),
    ...(lifecycle?.preStop === undefined ? {} : { preStop: lifecycle.preStop }),
  };
  return { run, problems };
}

/** The kubelet's check of `runAsNonRoot` (pkg/kubelet/kuberuntime/security_context.go). */
function nonRootProblem(spec: PodSpec, container: Container, image: LocalImage): string | undefined {
  const nonRoot = container.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
  if (nonRoot !== true) return undefined;
  const user = container.securityContext?.runAsUser ?? spec.securityContext?.runAsUser;
  if (user === 0) return `container's runAsUser breaks non-root policy (container: ${container.name})`;
  if (user !== undefined) return undefined;
  const [imageUser = ""] = image.user.split(":");
  if (imageUser === "" || imageUser === "0" || imageUser === "root") {
    return `container has runAsNonRoot and image will run as root (container: ${container.name})`;
  }
  return /^\d+$/.test(imageUser)
    ? undefined
    : `container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root (container: ${container.name})`;
}

/** Program and arguments with paths of the image turned into paths in its folder; undefined where it is not node. */
function commandOf(container: Container, image: LocalImage): readonly string[] | undefined {
  const [entry = "", ...imageArgs] = image.entrypoint;
  const [program = "", ...rest] = container.command ?? [entry];
  const args = [...rest, ...(container.args ?? (container.command === undefined ? imageArgs : []))];
  if (basename(program) !== "node") return undefined;
  return ["node", ...args.map((arg) => (arg.startsWith("/") ? inFolder(arg, image.folder) : arg))];
}

/** `/app/dist/server.js` is `dist/server.js` where the image's working directory was `/app`. */
function inFolder(path: string, folder: string): string {
  const parts = path.split("/").filter(Boolean);
  const found = parts.findIndex((_part, index) => existsSync(join(folder, ...parts.slice(index))));
  return found < 0 ? path : join(...parts.slice(found));
}

/** Rounded as Kubernetes does it: the surge up, the unavailable down, and never both 0. */
function surgeOf({ spec }: Deployment): { maxSurge: number; maxUnavailable: number } {
  const { maxSurge = "25%", maxUnavailable = "25%" } = spec.strategy?.rollingUpdate ?? {};
  const of = (value: number | string, round: (value: number) => number): number =>
    typeof value === "number"
      ? value
      : round((quantity(value.replace("%", "")) / 100) * (spec.replicas ?? 1));
  const surge = of(maxSurge, Math.ceil);
  const unavailable = of(maxUnavailable, Math.floor);
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}
