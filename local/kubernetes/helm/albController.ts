/**
 * The chart of the ALB controller: values, replicas and resources as
 * https://learn.microsoft.com/azure/application-gateway/for-containers/alb-controller-helm-chart lists them.
 */
import type { JsonObject } from "../../provider/backend";
import { at, isObject, object, text } from "../../provider/values";
import { ALB_API, CLASS_NAME, CONTROLLER_NAME, GATEWAY_GROUP } from "../gateway/objects";
import type { Chart } from "./charts";
import { definitionsOf } from "./definitions";

const SOURCE = "oci://mcr.microsoft.com/application-lb/charts/alb-controller";
const IMAGES = "mcr.microsoft.com/application-lb/images";
const VERSION = "1.10.27";
const RESOURCES = { limits: { cpu: "400m", memory: "400Mi" }, requests: { cpu: "100m", memory: "200Mi" } };

export const albController: Chart = {
  source: SOURCE,
  name: "alb-controller",
  version: VERSION,
  values: [
    "aiGateway",
    "cloudEnvironment",
    "controller",
    "env",
    "image",
    "imagePullSecrets",
    "init",
    "installGatewayApiCRDs",
    "installInferenceExtensionCRDs",
    "logLevel",
    "namespace",
    "podIdentity.clientID",
    "securityPolicyFeatureFlag",
  ].map((key) => `albController.${key}`),
  render: (values) => {
    const { namespace, clientId, controller } = read(values);
    return [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      {
        ...{ apiVersion: "v1", kind: "ServiceAccount" },
        metadata: {
          ...{ name: "alb-controller-sa", namespace },
          annotations: { "azure.workload.identity/client-id": clientId },
        },
      },
      workload("alb-controller", namespace, controller),
      workload("alb-controller-bootstrap", namespace, { ...controller, replicaCount: 1 }),
    ];
  },
  // The namespace that it makes stays: others may have put something into it.
  kept: () => ["Namespace"],
  bootstrap: (values) => [
    ...definitions(read(values).gatewayApi),
    {
      ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "GatewayClass" },
      metadata: { name: CLASS_NAME },
      spec: { controllerName: CONTROLLER_NAME },
    },
  ],
};

interface Settings {
  readonly namespace: string;
  readonly clientId: string;
  readonly controller: JsonObject;
  readonly gatewayApi: boolean;
}

function read(values: JsonObject): Settings {
  const namespace = text(values, "albController.namespace");
  return {
    namespace: namespace === undefined || namespace === "" ? "azure-alb-system" : namespace,
    clientId: text(values, "albController.podIdentity.clientID") ?? "",
    controller: object(values, "albController.controller"),
    gatewayApi: at(values, "albController.installGatewayApiCRDs") !== false,
  };
}

function workload(name: string, namespace: string, controller: JsonObject): JsonObject {
  const labels = { app: name };
  const { nodeSelector, tolerations, replicaCount, resource } = controller;
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace, labels } },
    spec: {
      replicas: typeof replicaCount === "number" ? replicaCount : 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, "azure.workload.identity/use": "true" } },
        spec: {
          serviceAccountName: "alb-controller-sa",
          ...(isObject(nodeSelector) ? { nodeSelector } : {}),
          ...(Array.isArray(tolerations) ? { tolerations } : {}),
          containers: [
            {
              name,
              image: `${IMAGES}/${name}:${VERSION}`,
              resources: isObject(resource) ? resource : RESOURCES,
            },
          ],
        },
      },
    },
  };
}

/** Definitions of the custom resources: the controller's own, and the Gateway API's unless it is there already. */
function definitions(gatewayApi: boolean): JsonObject[] {
  return definitionsOf(ALB_API, ...(gatewayApi ? [GATEWAY_GROUP] : []));
}
