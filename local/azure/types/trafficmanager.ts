import type { JsonObject, ProviderError } from "../../provider/backend";
import { number, text } from "../../provider/values";
import { inGroup, ownerIdOf, sameId, type IdShape } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { badRequest, refuseRange, refuseRegion } from "./cdnParts";
import {
  endpointsOf,
  hostOf,
  kindOf,
  refuseEndpoint,
  refuseInlineEndpoints,
  TRAFFIC_ENDPOINT,
  TRAFFIC_PROFILE,
  writeInlineEndpoints,
} from "./trafficmanagerEndpoints";

const API = "2022-04-01";

const ENDPOINT_SHAPE: IdShape = {
  armType: TRAFFIC_ENDPOINT,
  template: inGroup(TRAFFIC_PROFILE, "profileName").template + "/{endpointType}/{endpointName}",
  parameters: ["resourceGroupName", "profileName", "endpointType", "endpointName"],
};

export const trafficmanager = describeTypes(
  {
    token: "trafficmanager:Profile",
    shape: inGroup(TRAFFIC_PROFILE, "profileName"),
    apiVersion: API,
    autoName: "random",
    // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork
    name: { pattern: /^[A-Za-z0-9]([A-Za-z0-9-.]*[A-Za-z0-9])?$/, minLength: 1, maxLength: 63 },
    defaults: () => ({
      dnsConfig: { ttl: 300 },
      monitorConfig: { intervalInSeconds: 30, timeoutInSeconds: 10, toleratedNumberOfFailures: 3 },
      profileStatus: "Enabled",
      trafficViewEnrollmentStatus: "Disabled",
    }),
    computed: ["dnsConfig.fqdn", "monitorConfig.profileMonitorStatus"],
    compute: ({ inputs }) => ({
      dnsConfig: { fqdn: `${text(inputs, "dnsConfig.relativeName") ?? ""}.trafficmanager.net` },
      monitorConfig: { profileMonitorStatus: "Online" },
    }),
    seconds: { create: 8, update: 5, delete: 6 },
    subResources: ["endpoints"],
    refuse: [refuseRegion, refuseIncomplete, refuseMonitor, refuseTakenName, refuseInlineEndpoints],
    afterWrite: writeInlineEndpoints,
    live: (cloud, record) => ({
      endpoints: endpointsOf(cloud, record.id).map(({ id, properties }) => ({ ...properties, id })),
    }),
  },
  {
    token: "trafficmanager:Endpoint",
    shape: ENDPOINT_SHAPE,
    apiVersion: API,
    autoName: "copy",
    located: false,
    references: ["targetResourceId"],
    defaults: ({ cloud, inputs }) => ({
      endpointStatus: "Enabled",
      // Where it leads to: the DNS name of the resource.
      ...(text(inputs, "targetResourceId") === undefined ? {} : { target: hostOf(cloud, inputs) ?? "" }),
      weight: 1,
    }),
    computed: ["endpointMonitorStatus"],
    compute: ({ inputs }) => ({
      endpointMonitorStatus: text(inputs, "endpointStatus") === "Disabled" ? "Disabled" : "CheckingEndpoint",
    }),
    seconds: { create: 5, update: 4, delete: 4 },
    refuse: [(operation) => refuseEndpoint(operation, profileProperties(operation), kindOf(operation.id))],
    live: (_cloud, { id }) => ({ type: `${TRAFFIC_PROFILE}/${kindOf(id)}` }),
  },
);

function profileProperties({ cloud, id }: Operation): JsonObject {
  return cloud.store.get(ownerIdOf(id) ?? "")?.properties ?? {};
}

function refuseIncomplete({ inputs }: Operation): ProviderError | undefined {
  const wanted = [
    "trafficRoutingMethod",
    "dnsConfig.relativeName",
    "monitorConfig.protocol",
    "monitorConfig.port",
  ];
  const missing = wanted.find(
    (path) => text(inputs, path) === undefined && number(inputs, path) === undefined,
  );
  return missing === undefined
    ? undefined
    : badRequest(`The '${missing}' property of a Traffic Manager profile is not specified.`);
}

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring#configure-endpoint-monitoring */
function refuseMonitor({ inputs }: Operation): ProviderError | undefined {
  const interval = number(inputs, "monitorConfig.intervalInSeconds") ?? 30;
  const timeout = number(inputs, "monitorConfig.timeoutInSeconds");
  if (interval !== 10 && interval !== 30) {
    return badRequest(`monitorConfig.intervalInSeconds must be 10 or 30, got ${interval}.`);
  }
  const path = text(inputs, "monitorConfig.path");
  const isTcp = text(inputs, "monitorConfig.protocol") === "TCP";
  if (isTcp === (path !== undefined)) {
    return badRequest(
      `monitorConfig.path is ${isTcp ? "not allowed with" : "required without"} the protocol TCP.`,
    );
  }
  return (
    refuseRange("monitorConfig.timeoutInSeconds", timeout, 5, interval === 10 ? 9 : 10) ??
    refuseRange(
      "monitorConfig.toleratedNumberOfFailures",
      number(inputs, "monitorConfig.toleratedNumberOfFailures"),
      0,
      9,
    ) ??
    refuseRange("dnsConfig.ttl", number(inputs, "dnsConfig.ttl"), 0, 2147483647)
  );
}

/** microsoft/unreal-cloud-ddc-on-azure#42 for the text; the name is given once. */
function refuseTakenName({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  const label = text(inputs, "dnsConfig.relativeName") ?? "";
  const before = text(existing?.properties, "dnsConfig.relativeName");
  if (before !== undefined && !sameId(before, label)) {
    return badRequest(`The relative DNS name of a profile cannot be changed from ${before} to ${label}.`);
  }
  const others = cloud.store.list({ type: TRAFFIC_PROFILE }).filter((other) => !sameId(other.id, id));
  const isTaken = [...others, ...cloud.store.listElsewhere({ type: TRAFFIC_PROFILE })].some((other) =>
    sameId(text(other.properties, "dnsConfig.relativeName") ?? "", label),
  );
  return isTaken
    ? refusal(
        "Conflict",
        `Domain name ${label}.trafficmanager.net is not available. Please choose a different DNS prefix.`,
      )
    : undefined;
}
