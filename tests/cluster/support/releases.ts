/** New versions of the API on a real cluster, good ones and bad ones, and what becomes of them. */
import { wait } from "../../../local/cluster/commands";
import { type Access, kubectl } from "../../../local/cluster/kubectl";

/** What a slow version takes for the greeting. */
const SLOW_MILLISECONDS = 800;

/** What a version has before its own program starts; the API measures itself as always. */
const VERSIONS = {
  /** Answers the API's greeting with 500. */
  failing:
    "const write = http.ServerResponse.prototype.writeHead;" +
    "http.ServerResponse.prototype.writeHead = function (status, ...rest) {" +
    "const given = this.req.url === '/' ? (this.statusCode = 500) : status; return write.call(this, given, ...rest); };",
  /** Answers it late. */
  slow:
    "const end = http.ServerResponse.prototype.end;" +
    "http.ServerResponse.prototype.end = function (...rest) {" +
    "if (this.req.url !== '/') return end.apply(this, rest);" +
    `setTimeout(() => end.apply(this, rest), ${SLOW_MILLISECONDS}); return this; };`,
  good: "",
} as const;

export type Version = keyof typeof VERSIONS;

/** What a Rollout says of itself, as far as the tests read it. */
export interface RolloutStatus {
  readonly phase: string;
  readonly message?: string;
  readonly abort?: boolean;
  readonly abortedAt?: string;
  readonly currentPodHash: string;
  readonly stableRS: string;
  readonly currentStepIndex?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly replicas: number;
}

export interface Measured {
  readonly metric: string;
  readonly phase: string;
  readonly value: number;
  readonly at: Date;
}

interface Rollout {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [ApiContainer] } } };
  readonly status: RolloutStatus;
}

interface ApiContainer {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

interface AnalysisRuns {
  readonly items: readonly {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly status?: {
      readonly metricResults?: readonly {
        readonly name: string;
        readonly measurements?: readonly {
          readonly phase: string;
          readonly value?: string;
          readonly finishedAt: string;
        }[];
      }[];
    };
  }[];
}

const POLL_MILLISECONDS = 300;
const VERSION_VARIABLE = "NODE_OPTIONS";

export class Releases {
  public constructor(
    private readonly access: Access,
    private readonly namespace = "api",
  ) {}

  public async status(): Promise<RolloutStatus> {
    return (await this.rollout()).status;
  }

  /** Starts to release a version, as a push of it would; each one differs from those before. */
  public async start(version: Version): Promise<void> {
    const { metadata, spec } = await this.rollout();
    const [{ env }] = spec.template.spec.containers;
    const code = `import http from "node:http"; ${VERSIONS[version]} // ${Date.now()}`;
    const value = `--import=data:text/javascript,${encodeURIComponent(code)}`;
    const others = env.filter(({ name }) => name !== VERSION_VARIABLE);
    const patch = [
      {
        op: "replace",
        path: "/spec/template/spec/containers/0/env",
        value: [...others, { name: VERSION_VARIABLE, value }],
      },
    ];
    await this.ask("patch", "rollout", metadata.name, "--type=json", "--patch", JSON.stringify(patch));
  }

  /**
   * Follows a release to its end: until the new version has all pods, or until the old one has them again.
   *
   * @returns the last status, and the most pods that the new version had at once
   */
  public async follow(seconds: number): Promise<{ status: RolloutStatus; mostPods: number }> {
    const end = Date.now() + seconds * 1000;
    let mostPods = 0;
    for (;;) {
      const status = await this.status();
      const isNew = status.currentPodHash !== status.stableRS;
      if (isNew) mostPods = Math.max(mostPods, status.updatedReplicas ?? 0);
      const isBack = status.abort === true && (status.updatedReplicas ?? 0) === 0;
      if (isBack || (!isNew && status.phase === "Healthy")) return { status, mostPods };
      if (Date.now() > end) throw new Error(`no end after ${seconds} s: ${JSON.stringify(status)}`);
      await wait(POLL_MILLISECONDS);
    }
  }

  /** Until the controller has taken the new version up. */
  public async started(before: RolloutStatus): Promise<void> {
    while ((await this.status()).currentPodHash === before.currentPodHash) await wait(POLL_MILLISECONDS);
  }

  /** Samples of a version, in the order of their time. */
  public async measured(hash: string): Promise<readonly Measured[]> {
    const { items } = await this.get<AnalysisRuns>("analysisruns");
    const own = items.filter(({ metadata }) => metadata.labels["rollouts-pod-template-hash"] === hash);
    const samples = own.flatMap(({ status }) =>
      (status?.metricResults ?? []).flatMap(({ name, measurements = [] }) =>
        measurements.map(({ phase, value, finishedAt }) => ({
          metric: name,
          phase,
          value: Number(value?.replace(/[[\]]/g, "")),
          at: new Date(finishedAt),
        })),
      ),
    );
    return samples.sort((one, other) => one.at.getTime() - other.at.getTime());
  }

  /** The only one there is: its name tells its strategy. */
  private async rollout(): Promise<Rollout> {
    const { items } = await this.get<{ readonly items: readonly Rollout[] }>("rollouts");
    const [rollout] = items;
    if (rollout === undefined || items.length > 1)
      throw new Error(`expected one Rollout, got ${items.length}`);
    return rollout;
  }

  private async get<T>(...what: readonly string[]): Promise<T> {
    return JSON.parse(await this.ask("get", ...what, "--output", "json")) as T;
  }

  private async ask(...args: readonly string[]): Promise<string> {
    return kubectl(this.access, ["--namespace", this.namespace, ...args]);
  }
}
