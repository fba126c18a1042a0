import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import type { ApiSettings } from "../../config";
import { planAvailability } from "./availability";

export interface GuardedNamespaceArgs {
  readonly namespaceName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The workload whose largest extent the quota leaves room for. */
  readonly api: ApiSettings;
  readonly provider: Provider;
}

/**
 * A namespace that starts closed: Pod Security level `restricted` enforced, a quota, default and largest
 * resources of a container, and no traffic in or out until a policy allows it.
 *
 * Costs nothing. Refuses pods that `restricted` forbids, and more of them than the workload ever needs.
 *
 * @example
 * const namespace = new GuardedNamespace("api-namespace", { namespaceName: "api", labels, api, provider });
 */
export class GuardedNamespace extends pulumi.ComponentResource {
  /** Resolves once every guard-rail is in place. */
  public readonly namespaceName: pulumi.Output<string>;
  public readonly provider: Provider;

  public constructor(name: string, args: GuardedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:workloads:GuardedNamespace", name, {}, opts);
    this.provider = args.provider;
    const namespace = new core.Namespace(
      `${name}-ns`,
      {
        metadata: {
          name: args.namespaceName,
          labels: { ...args.labels, ...restrictedLabels() },
        },
      },
      { parent: this, provider: args.provider },
    );
    const guards = this.createGuards(name, args, namespace.metadata.name);
    const guarded = pulumi.all(guards.map((guard) => guard.id));
    this.namespaceName = pulumi.all([namespace.metadata.name, guarded]).apply(([created]) => created);
    this.registerOutputs({ namespaceName: this.namespaceName });
  }

  private createGuards(
    name: string,
    { labels, api, provider }: GuardedNamespaceArgs,
    namespace: pulumi.Output<string>,
  ): pulumi.CustomResource[] {
    const opts = { parent: this, provider };
    const metadata = (objectName: string) => ({ name: objectName, namespace, labels });
    return [
      new core.ResourceQuota(
        `${name}-quota`,
        { metadata: metadata("quota"), spec: { hard: quota(api) } },
        opts,
      ),
      new core.LimitRange(
        `${name}-limits`,
        {
          metadata: metadata("limits"),
          spec: {
            limits: [
              {
                type: "Container",
                default: { cpu: "500m", memory: "256Mi" },
                defaultRequest: { cpu: "50m", memory: "64Mi" },
                max: {
                  cpu: `${Math.max(1000, api.resources.cpuLimitMillicores)}m`,
                  memory: `${Math.max(512, api.resources.memoryLimitMib)}Mi`,
                },
              },
            ],
          },
        },
        opts,
      ),
      new networking.NetworkPolicy(
        `${name}-default-deny`,
        {
          metadata: metadata("default-deny"),
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        },
        opts,
      ),
    ];
  }
}

/** Labels of a namespace whose pods the level `restricted` is enforced on, noted and warned of. */
export function restrictedLabels(): Record<string, string> {
  const modes = ["enforce", "audit", "warn"];
  return Object.fromEntries(modes.map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]));
}

/** Room for the workload at its largest while a rollout replaces every pod, and for nothing more. */
function quota(api: ApiSettings): Record<string, string> {
  const { maxPods } = planAvailability(api);
  const { resources } = api;
  return {
    pods: String(maxPods),
    "requests.cpu": `${maxPods * resources.cpuRequestMillicores}m`,
    "requests.memory": `${maxPods * resources.memoryRequestMib}Mi`,
    "limits.cpu": `${maxPods * resources.cpuLimitMillicores}m`,
    "limits.memory": `${maxPods * resources.memoryLimitMib}Mi`,
    "services.loadbalancers": "1",
    "services.nodeports": "1",
  };
}
