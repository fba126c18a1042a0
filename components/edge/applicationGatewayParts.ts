import type * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import { READINESS_PATH } from "../workloads/apiPod";
import { SERVICE_PORT } from "../workloads/serviceExposure";

export interface GatewayPartsArgs {
  /** ARM id that the gateway will have: its parts name one another by ids below it. */
  readonly gatewayId: pulumi.Output<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly publicAddressId: pulumi.Input<string>;
  /** Address of the load balancer behind the gateway. */
  readonly backendAddress: pulumi.Input<string>;
  /** Address of the certificate in a vault, without a version so that the gateway follows renewals; undefined: no TLS. */
  readonly certificateSecretId: pulumi.Output<string> | undefined;
  /** Whether plain HTTP is answered with the address of HTTPS. */
  readonly redirectsHttp: boolean;
}

type GatewayParts = Pick<
  network.ApplicationGatewayArgs,
  | "gatewayIPConfigurations"
  | "frontendIPConfigurations"
  | "frontendPorts"
  | "sslCertificates"
  | "backendAddressPools"
  | "backendHttpSettingsCollection"
  | "probes"
  | "httpListeners"
  | "redirectConfigurations"
  | "requestRoutingRules"
>;

/** Seconds between probes of the backend, and how long one may take. */
const PROBE = { interval: 10, timeout: 5, unhealthyThreshold: 3 };
/** Seconds in which requests to a backend that leaves may end, and a request may take. */
const DRAIN_SECONDS = 30;
const REQUEST_SECONDS = 30;

/** What an Application Gateway is made of: one address, one backend, and a listener for HTTPS or for HTTP. */
export function gatewayParts(args: GatewayPartsArgs): GatewayParts {
  const { certificateSecretId, backendAddress } = args;
  return {
    gatewayIPConfigurations: [{ name: "subnet", subnet: { id: args.subnetId } }],
    frontendIPConfigurations: [{ name: "public", publicIPAddress: { id: args.publicAddressId } }],
    ...entrances(args),
    sslCertificates: certificateSecretId ? [{ name: "api", keyVaultSecretId: certificateSecretId }] : [],
    backendAddressPools: [{ name: "api", backendAddresses: [{ ipAddress: backendAddress }] }],
    backendHttpSettingsCollection: [
      {
        name: "api",
        protocol: "Http",
        port: SERVICE_PORT,
        requestTimeout: REQUEST_SECONDS,
        cookieBasedAffinity: "Disabled",
        // The API sees the host name that the client asked for.
        pickHostNameFromBackendAddress: false,
        connectionDraining: { enabled: true, drainTimeoutInSec: DRAIN_SECONDS },
        probe: part(args, "probes", "api"),
      },
    ],
    probes: [
      {
        ...PROBE,
        name: "api",
        protocol: "Http",
        host: backendAddress,
        path: READINESS_PATH,
        pickHostNameFromBackendHttpSettings: false,
        minServers: 0,
        match: { statusCodes: ["200"] },
      },
    ],
  };
}

type Entrances = Pick<
  GatewayParts,
  "frontendPorts" | "httpListeners" | "redirectConfigurations" | "requestRoutingRules"
>;

function entrances(args: GatewayPartsArgs): Entrances {
  const secure = args.certificateSecretId !== undefined;
  const scheme = secure ? "https" : "http";
  const schemes = args.redirectsHttp ? [scheme, "http"] : [scheme];
  return {
    frontendPorts: schemes.map((name) => ({ name, port: name === "https" ? 443 : 80 })),
    httpListeners: schemes.map((name) => ({
      name,
      protocol: name === "https" ? "Https" : "Http",
      frontendIPConfiguration: part(args, "frontendIPConfigurations", "public"),
      frontendPort: part(args, "frontendPorts", name),
      requireServerNameIndication: false,
      ...(name === "https" ? { sslCertificate: part(args, "sslCertificates", "api") } : {}),
    })),
    redirectConfigurations: args.redirectsHttp
      ? [
          {
            name: "to-https",
            redirectType: "Permanent",
            targetListener: part(args, "httpListeners", "https"),
            includePath: true,
            includeQueryString: true,
          },
        ]
      : [],
    requestRoutingRules: [
      {
        name: "api",
        ruleType: "Basic",
        priority: 100,
        httpListener: part(args, "httpListeners", scheme),
        backendAddressPool: part(args, "backendAddressPools", "api"),
        backendHttpSettings: part(args, "backendHttpSettingsCollection", "api"),
      },
      ...(args.redirectsHttp
        ? [
            {
              name: "to-https",
              ruleType: "Basic",
              priority: 200,
              httpListener: part(args, "httpListeners", "http"),
              redirectConfiguration: part(args, "redirectConfigurations", "to-https"),
            },
          ]
        : []),
    ],
  };
}

/** A reference to another part of the same gateway. */
function part({ gatewayId }: GatewayPartsArgs, collection: keyof GatewayParts, name: string) {
  return { id: pulumi.interpolate`${gatewayId}/${collection}/${name}` };
}
