/** The ALB controller of a cluster: is it installed, and does Azure let it do its work? */
import type { NeededAction } from "../cluster/gateways";
import type { ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import { resolveIdentity } from "../rollout/identity";
import type { Deployment } from "../types";
import { CLASS_NAME, CONTROLLER_NAME, GATEWAY_CLASS, specOf } from "./objects";

const AUDIENCE = "api://AzureADTokenExchange";
const DEPLOYMENT = kindNamed("apps/v1", "Deployment");

/** Why the controller does nothing about an object; undefined where it does its work. */
export async function controllerProblem(
  context: ClusterContext,
  className: string,
  needed: readonly NeededAction[],
): Promise<string | undefined> {
  const problem = (await classProblem(context, className)) ?? undefined;
  if (problem !== undefined) return problem;
  const controller = await findController(context);
  if (controller === undefined)
    return "Waiting for controller: no Deployment alb-controller runs in the cluster";
  const { namespace = "default" } = controller.metadata;
  const { template } = controller.spec;
  const identity = await resolveIdentity(context, namespace, template);
  if (identity.problem !== undefined) return `the ALB controller gets no token: ${identity.problem}`;
  return accessProblem(context, namespace, template.spec.serviceAccountName ?? "default", needed);
}

async function classProblem({ api }: ClusterContext, name: string): Promise<string | undefined> {
  const found = await api.get({ kind: GATEWAY_CLASS, name });
  if (found === undefined)
    return `Waiting for controller: no GatewayClass "${name}" (the ALB controller's is ${CLASS_NAME})`;
  const { controllerName } = specOf(found) as { controllerName: string };
  return controllerName === CONTROLLER_NAME
    ? undefined
    : `Waiting for controller: GatewayClass "${name}" belongs to ${controllerName}, which is not installed`;
}

async function findController({ api }: ClusterContext): Promise<Deployment | undefined> {
  const all = (await api.list(DEPLOYMENT)) as Deployment[];
  return all.find(
    ({ metadata, status }) => metadata.name === "alb-controller" && (status?.readyReplicas ?? 0) > 0,
  );
}

/** https://learn.microsoft.com/azure/application-gateway/for-containers/quickstart-deploy-application-gateway-for-containers-alb-controller */
async function accessProblem(
  { api, cluster, platform }: ClusterContext,
  namespace: string,
  account: string,
  needed: readonly NeededAction[],
): Promise<string | undefined> {
  const found = await api.get({ kind: kindNamed("v1", "ServiceAccount"), namespace, name: account });
  const decision = platform.gateways.evaluate(
    {
      issuer: cluster.oidcIssuer ?? "",
      subject: `system:serviceaccount:${namespace}:${account}`,
      audience: AUDIENCE,
      clientId: found?.metadata.annotations?.["azure.workload.identity/client-id"] ?? "",
    },
    needed,
  );
  return decision.allowed
    ? undefined
    : `AuthorizationFailed: the ALB controller may not do its work: ${decision.chain.join("; ")}`;
}
