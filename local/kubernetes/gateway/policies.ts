/** The ALB controller's own custom resources: health checks of a Service, the firewall of a Gateway. */
import { objects } from "../../provider/values";
import { nameOf } from "../api";
import type { ClusterContext } from "../context";
import { findKind } from "../kinds";
import type { KubeObject } from "../types";
import { controllerProblem } from "./controller";
import {
  CLASS_NAME,
  FIREWALL_POLICY,
  GATEWAY_API,
  no,
  placeOf,
  saveStatus,
  specOf,
  statusOf,
  unknown,
  withTimes,
  yes,
  type Condition,
} from "./objects";

interface PolicySpec {
  readonly targetRef: {
    readonly group: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  };
  readonly webApplicationFirewall?: { readonly id: string };
}

export async function reconcilePolicy(context: ClusterContext, policy: KubeObject): Promise<KubeObject> {
  const before = objects(statusOf(policy), "conditions");
  const conditions = withTimes(await judge(context, policy), before, policy.metadata.generation);
  return saveStatus(context, policy, { conditions });
}

async function judge(context: ClusterContext, policy: KubeObject): Promise<Condition[]> {
  const firewall = (specOf(policy) as PolicySpec).webApplicationFirewall?.id;
  const needed =
    firewall === undefined
      ? []
      : [
          {
            action: "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/join/action",
            scope: firewall,
          },
        ];
  const problem = await controllerProblem(context, CLASS_NAME, needed);
  if (problem !== undefined) return [unknown("Accepted", problem), unknown("Programmed", problem)];
  const missing = (await missingTarget(context, policy)) ?? missingFirewall(context, policy, firewall);
  if (missing !== undefined) {
    return [
      no("ResolvedRefs", "InvalidTargetReference", missing),
      no("Accepted", "InvalidPolicy", missing),
      no("Programmed", "Invalid", missing),
    ];
  }
  return [yes("ResolvedRefs"), yes("Accepted", `Valid ${policy.kind}`), yes("Programmed")];
}

async function missingTarget({ api }: ClusterContext, policy: KubeObject): Promise<string | undefined> {
  const { group, kind, name, namespace = placeOf(policy) } = (specOf(policy) as PolicySpec).targetRef;
  const target = findKind(group === "" ? "v1" : GATEWAY_API, kind);
  const found = target === undefined ? undefined : await api.get({ kind: target, namespace, name });
  return found === undefined ? `${kind} ${namespace}/${name} was not found` : undefined;
}

function missingFirewall(
  { platform }: ClusterContext,
  policy: KubeObject,
  id: string | undefined,
): string | undefined {
  const { name } = nameOf(FIREWALL_POLICY, policy);
  return id === undefined || platform.gateways.hasFirewallPolicy(id)
    ? undefined
    : `${name} names the web application firewall policy ${id}, which was not found`;
}
