/** Gateways: the frontend of an Application Gateway for Containers that each of them names. */
import type { JsonObject } from "../../provider/backend";
import { objects } from "../../provider/values";
import type { TrafficController } from "../cluster/gateways";
import type { ClusterContext } from "../context";
import type { KubeObject } from "../types";
import { controllerProblem } from "./controller";
import {
  ALB_API,
  conditionOf,
  GATEWAY_GROUP,
  no,
  saveStatus,
  specOf,
  statusOf,
  unknown,
  withTimes,
  yes,
  type Condition,
  type GatewaySpec,
} from "./objects";

const UPDATED = "Application Gateway For Containers resource has been successfully updated.";
const CONTROLLERS = "Microsoft.ServiceNetworking/trafficControllers";

interface Answer {
  readonly conditions: readonly Condition[];
  /** Host name of the frontend. */
  readonly address?: string;
}

/** Works a Gateway out anew, and writes what came of it into its status. */
export async function reconcileGateway(context: ClusterContext, gateway: KubeObject): Promise<KubeObject> {
  const { conditions, address } = await judge(context, gateway);
  const before = statusOf(gateway);
  const { generation } = gateway.metadata;
  const old = objects(before, "listeners");
  const status: JsonObject = {
    addresses: address === undefined ? [] : [{ type: "Hostname", value: address }],
    conditions: withTimes(conditions, objects(before, "conditions"), generation),
    listeners: (specOf(gateway) as GatewaySpec).listeners.map(({ name }) => {
      const known = old.find((listener) => listener["name"] === name);
      return {
        name,
        attachedRoutes: known?.["attachedRoutes"] ?? 0,
        conditions: withTimes(listenerConditions(conditions), objects(known, "conditions"), generation),
        supportedKinds: [{ group: GATEWAY_GROUP, kind: "HTTPRoute" }],
      };
    }),
  };
  return saveStatus(context, gateway, status);
}

async function judge(context: ClusterContext, gateway: KubeObject): Promise<Answer> {
  const { gatewayClassName, addresses = [] } = specOf(gateway) as GatewaySpec;
  const id = gateway.metadata.annotations?.[`${ALB_API}/alb-id`] ?? "";
  const controller = context.platform.gateways.trafficController(id);
  const problem = await controllerProblem(context, gatewayClassName, neededFor(controller));
  if (problem !== undefined) return nobody(problem);
  if (controller === undefined) {
    const named = id === "" ? `it has no annotation ${ALB_API}/alb-id` : `${id} was not found`;
    return invalid(`Invalid Gateway: no Application Gateway for Containers, ${named}`);
  }
  const frontend = addresses.find(({ type }) => type === `${ALB_API}/alb-frontend`)?.value;
  if (frontend === undefined) {
    return invalid(`Invalid Gateway: spec.addresses names no frontend of type ${ALB_API}/alb-frontend`);
  }
  const address = controller.frontends.get(frontend.toLowerCase());
  if (address === undefined) {
    return unusable("AddressNotUsable", `Frontend "${frontend}" was not found in ${controller.id}`);
  }
  if (controller.subnets.length === 0) {
    return unusable("Pending", `${controller.id} has no association with a subnet, and reaches no pod`);
  }
  return { conditions: [yes("Accepted", "Valid Gateway"), yes("Programmed", UPDATED)], address };
}

/** What the controller writes in Azure: the gateway's configuration, and its way into the subnet. */
function neededFor(controller: TrafficController | undefined) {
  if (controller === undefined) return [];
  return [
    { action: `${CONTROLLERS}/write`, scope: controller.id },
    ...controller.subnets.map((scope) => ({
      action: "Microsoft.Network/virtualNetworks/subnets/join/action",
      scope,
    })),
  ];
}

const nobody = (message: string): Answer => ({
  conditions: [unknown("Accepted", message), unknown("Programmed", message)],
});

const invalid = (message: string): Answer => ({
  conditions: [no("Accepted", "InvalidParameters", message), no("Programmed", "Invalid", message)],
});

const unusable = (reason: string, message: string): Answer => ({
  conditions: [yes("Accepted", "Valid Gateway"), no("Programmed", reason, message)],
});

function listenerConditions(conditions: readonly Condition[]): Condition[] {
  const [accepted, programmed] = ["Accepted", "Programmed"].map((type) => conditionOf(conditions, type));
  return [
    yes("ResolvedRefs"),
    ...(accepted === undefined
      ? []
      : [accepted.status === "True" ? yes("Accepted", "Listener is accepted") : accepted]),
    ...(programmed === undefined ? [] : [programmed]),
  ];
}
