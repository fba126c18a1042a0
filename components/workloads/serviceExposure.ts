import type * as pulumi from "@pulumi/pulumi";

import { API_PORT, READINESS_PATH } from "./apiPod";

/** How requests come to the API's Service. */
export type ServiceExposure =
  | {
      /** A load balancer on the internet, at an address that exists already. */
      readonly kind: "publicLoadBalancer";
      readonly publicIpName: pulumi.Input<string>;
      readonly publicIpResourceGroup: pulumi.Input<string>;
      /** Service tags of whom it lets in, such as `AzureFrontDoor.Backend`. @default anyone */
      readonly allowedServiceTags?: readonly string[];
    }
  | {
      /** A load balancer inside the network, at a fixed address, for a gateway in front of it. */
      readonly kind: "internalLoadBalancer";
      readonly address: pulumi.Input<string>;
      /** Subnet of the cluster's network that the address belongs to. */
      readonly subnetName: pulumi.Input<string>;
    }
  /** No load balancer: a gateway sends to the pods themselves. */
  | { readonly kind: "clusterIp" };

/** Port of the API's Service. */
export const SERVICE_PORT = 80;

/** Annotations of cloud-provider-azure (https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations). */
const PREFIX = "service.beta.kubernetes.io/azure-";

/** Annotations of the Service; none without a load balancer. */
export function exposureAnnotations(exposure: ServiceExposure): Record<string, pulumi.Input<string>> {
  const chosen = chosenAnnotations(exposure);
  return Object.fromEntries(Object.entries(chosen).map(([name, value]) => [`${PREFIX}${name}`, value]));
}

function chosenAnnotations(exposure: ServiceExposure): Record<string, pulumi.Input<string>> {
  switch (exposure.kind) {
    case "clusterIp":
      return {};
    case "internalLoadBalancer":
      return {
        ...healthProbe,
        "load-balancer-internal": "true",
        "load-balancer-internal-subnet": exposure.subnetName,
        "load-balancer-ipv4": exposure.address,
      };
    case "publicLoadBalancer":
      return {
        ...healthProbe,
        "pip-name": exposure.publicIpName,
        "load-balancer-resource-group": exposure.publicIpResourceGroup,
        ...(exposure.allowedServiceTags === undefined
          ? {}
          : { "allowed-service-tags": exposure.allowedServiceTags.join(",") }),
      };
  }
}

/** A node counts as healthy where a ready pod answers through it; a bare TCP probe would not know. */
const healthProbe = {
  "load-balancer-health-probe-protocol": "http",
  "load-balancer-health-probe-request-path": READINESS_PATH,
};

/** What the Service's spec says beside its selector. */
export function exposureSpec({ kind }: ServiceExposure) {
  return {
    type: kind === "clusterIp" ? "ClusterIP" : "LoadBalancer",
    ports: servicePorts(),
  };
}

/** Ports of a Service in front of the API's pods. */
export function servicePorts() {
  return [{ name: "http", port: SERVICE_PORT, targetPort: API_PORT, protocol: "TCP" }];
}
