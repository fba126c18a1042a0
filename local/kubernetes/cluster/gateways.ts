/** The emulated Azure as the ALB controller of a cluster sees it: Application Gateways for Containers, and its own rights. */
import { evaluate, resolveFederation } from "../../azure/access";
import type { CloudStore } from "../../cloud/store";
import { text } from "../../provider/values";
import type { Decision, ServiceAccountToken } from "./platform";

const CONTROLLER = "Microsoft.ServiceNetworking/trafficControllers";

export interface TrafficController {
  readonly id: string;
  /** Host names of the frontends, by name in lower case. */
  readonly frontends: ReadonlyMap<string, string>;
  /** Ids of the subnets through which the gateway reaches pods. */
  readonly subnets: readonly string[];
}

/** Something that an identity must be able to do. */
export interface NeededAction {
  readonly action: string;
  /** ARM id. */
  readonly scope: string;
}

export interface GatewayPlatform {
  trafficController(id: string): TrafficController | undefined;
  hasFirewallPolicy(id: string): boolean;
  /** May the identity behind a service account's token do all of this? The first thing that it may not is the answer. */
  evaluate(token: ServiceAccountToken, needed: readonly NeededAction[]): Decision;
}

export function azureGateways(store: CloudStore): GatewayPlatform {
  return {
    trafficController: (id) => describe(store, id),
    hasFirewallPolicy: (id) =>
      store.get(id)?.type === "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
    evaluate: (token, needed) => {
      const federation = resolveFederation(store, token);
      if (!federation.allowed) return federation;
      const decisions = needed.map(({ action, scope }) =>
        evaluate(store, federation.principalId ?? "", action, scope),
      );
      return decisions.find(({ allowed }) => !allowed) ?? federation;
    },
  };
}

function describe(store: CloudStore, id: string): TrafficController | undefined {
  const record = store.get(id);
  if (record?.type !== CONTROLLER) return undefined;
  const children = (type: string) => store.list({ type: `${CONTROLLER}/${type}`, under: record.id });
  return {
    id: record.id,
    frontends: new Map(
      children("frontends").map((child) => [
        child.id.slice(child.id.lastIndexOf("/") + 1).toLowerCase(),
        text(child.properties, "fqdn") ?? "",
      ]),
    ),
    subnets: children("associations").map(({ properties }) => text(properties, "subnet.id") ?? ""),
  };
}
