/** Rules for Services (k8s.io/kubernetes v1.35.4, pkg/apis/core/validation: validateService). */
import { isIPv6 } from "node:net";

import { isAddress, validateAddress, validateNetwork, validateReachable } from "./addresses";
import type { Field } from "./field";
import { validateLabels } from "./metadata";
import { PROTOCOLS } from "./pod/containers";
import { validatePort } from "./pod/handlers";
import { dnsLabel, dnsSubdomain, qualifiedName } from "./syntax";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const POLICIES = ["Cluster", "Local"];
const FAMILIES = ["IPv4", "IPv6"];
const FAMILY_POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];
const DISTRIBUTIONS = ["PreferClose", "PreferSameZone", "PreferSameNode"];
const SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
const MOST_AFFINITY_SECONDS = 86_400;
const ONLY_BALANCER = "may only be used when `type` is 'LoadBalancer'";

export function validateService(service: Field): void {
  const spec = service.child("spec");
  if (!spec.isSet || spec.isUnknown) return;
  const type = spec.child("type");
  const isHeadless = spec.child("clusterIP").text === "None";
  const ports = spec.child("ports");
  if (ports.isEmpty && !isHeadless && type.text !== "ExternalName") ports.required();
  if (isHeadless && ["LoadBalancer", "NodePort"].includes(type.text)) {
    const address = spec.child("clusterIP").as("spec.clusterIPs[0]");
    address.invalid(`may not be set to 'None' for ${type.text} services`);
  }
  if (type.text === "ExternalName") validateExternalName(spec);
  validatePorts(ports, type.text);
  validateLabels(spec.child("selector"));
  validateAffinity(spec);
  if (type.text !== "ExternalName") validateClusterAddresses(spec);
  for (const address of spec.child("externalIPs").items) {
    validateAddress(address);
    if (isAddress(address.text)) validateReachable(address);
  }
  type.oneOf(TYPES);
  validateUniquePorts(ports);
  validateSourceRanges(service);
  const allocated = spec.child("allocateLoadBalancerNodePorts");
  if (allocated.isSet && type.text !== "LoadBalancer") allocated.forbidden(ONLY_BALANCER);
  validateBalancerClass(spec);
  validateTraffic(spec);
}

function validateExternalName(spec: Field): void {
  for (const name of ["clusterIP", "ipFamilies", "ipFamilyPolicy"]) {
    const field = spec.child(name);
    const place = name === "clusterIP" ? field.as("spec.clusterIPs") : field;
    if (field.text !== "" || field.items.length > 0)
      place.forbidden("may not be set for ExternalName services");
  }
  const name = spec.child("externalName");
  if (name.text.replace(/\.$/, "") === "") name.required();
  else name.follows((text) => dnsSubdomain(text.replace(/\.$/, "")));
}

function validatePorts(ports: Field, type: string): void {
  const names = new Set<string>();
  for (const port of ports.items) {
    const name = port.child("name");
    if (name.text !== "") {
      name.follows(dnsLabel);
      if (names.has(name.text)) name.duplicate();
      names.add(name.text);
    } else if (ports.items.length > 1) name.required();
    port.child("port").withinOrZero(1, 65535);
    port.child("protocol").oneOf(PROTOCOLS);
    validatePort(port.child("targetPort"));
    const application = port.child("appProtocol");
    if (application.isSet) application.follows(qualifiedName);
  }
  if (type !== "ClusterIP") return;
  for (const port of ports.items) {
    if ((port.child("nodePort").number ?? 0) !== 0)
      port.child("nodePort").forbidden("may not be used when `type` is 'ClusterIP'");
  }
}

function validateUniquePorts(ports: Field): void {
  const taken = { port: new Set<string>(), nodePort: new Set<string>() };
  for (const port of ports.items) {
    const protocol = port.child("protocol").text;
    const [own, node] = [port.child("port").number, port.child("nodePort")];
    if ((node.number ?? 0) !== 0) {
      const key = `${protocol}/${node.number ?? 0}`;
      if (taken.nodePort.has(key)) node.duplicate();
      taken.nodePort.add(key);
    }
    const key = `${protocol}/${own ?? 0}`;
    if (taken.port.has(key)) {
      // The API server prints the whole port, with Go's names of the fields.
      const printed = {
        Name: "",
        Protocol: protocol,
        AppProtocol: null,
        Port: own ?? 0,
        TargetPort: 0,
        NodePort: 0,
      };
      port.duplicate(printed);
    }
    taken.port.add(key);
  }
}

function validateAffinity(spec: Field): void {
  const [affinity, config] = [spec.child("sessionAffinity"), spec.child("sessionAffinityConfig")];
  affinity.oneOf(["ClientIP", "None"]);
  if (affinity.text === "None" && config.isSet)
    config.forbidden("must not be set when session affinity is None");
  const seconds = config.child("clientIP", "timeoutSeconds");
  if (affinity.text !== "ClientIP" || seconds.number === undefined) return;
  if (seconds.number <= 0 || seconds.number > MOST_AFFINITY_SECONDS)
    seconds.invalid(`must be greater than 0 and less than ${MOST_AFFINITY_SECONDS}`);
}

function validateClusterAddresses(spec: Field): void {
  const [first, all] = [spec.child("clusterIP"), spec.child("clusterIPs")];
  const families = spec.child("ipFamilies");
  if (first.text !== "" && !all.isEmpty && all.items[0]?.text !== first.text)
    all.invalid("first value must match `clusterIP`");
  if (!first.isSet && !all.isEmpty) all.invalid("must be empty when `clusterIP` is not specified");
  const seen = new Set<string>();
  for (const family of families.items) {
    family.oneOf(FAMILIES);
    if (seen.has(family.text)) family.duplicate();
    seen.add(family.text);
  }
  if (spec.child("ipFamilyPolicy").isSet) spec.child("ipFamilyPolicy").oneOf(FAMILY_POLICIES);
  const addresses = all.isEmpty && first.text !== "" ? [first.as("spec.clusterIPs[0]")] : all.items;
  if (addresses[0]?.text === "None") {
    if (addresses.length > 1) all.invalid("'None' must be the first and only value");
    return;
  }
  for (const address of addresses) validateAddress(address);
  if (addresses.length > 2) all.invalid("may only hold up to 2 values");
  const isDual = new Set(addresses.map(({ text }) => isIPv6(text))).size === 2;
  if (addresses.length > 1 && !isDual) all.invalid("may specify no more than one IP for each IP family");
}

function validateSourceRanges(service: Field): void {
  const ranges = service.child("spec", "loadBalancerSourceRanges").as("spec.LoadBalancerSourceRanges");
  const isBalancer = service.child("spec", "type").text === "LoadBalancer";
  const annotation = service.child("metadata", "annotations").child(SOURCE_RANGES);
  if (ranges.items.length > 0) {
    if (!isBalancer) ranges.forbidden(ONLY_BALANCER);
    for (const range of ranges.items) validateNetwork(range, range.text.trim());
  } else if (annotation.isSet && !annotation.isUnknown) {
    const place = annotation.as(`metadata.annotations[${SOURCE_RANGES}]`);
    if (!isBalancer) place.forbidden(ONLY_BALANCER);
    const texts = annotation.text.split(",").map((text) => text.trim());
    for (const text of annotation.text.trim() === "" ? [] : texts) validateNetwork(place, text);
  }
}

function validateBalancerClass(spec: Field): void {
  const name = spec.child("loadBalancerClass");
  if (!name.isSet) return;
  name.follows(qualifiedName);
  if (spec.child("type").text !== "LoadBalancer") name.forbidden(ONLY_BALANCER);
}

function validateTraffic(spec: Field): void {
  const type = spec.child("type").text;
  const [external, check] = [spec.child("externalTrafficPolicy"), spec.child("healthCheckNodePort")];
  const isExternal =
    ["LoadBalancer", "NodePort"].includes(type) || spec.child("externalIPs").items.length > 0;
  if (isExternal) {
    if (external.text === "") external.required();
    else external.oneOf(POLICIES);
  } else if (external.text !== "") external.invalid("may only be set for externally-accessible services");
  const needsCheck = type === "LoadBalancer" && external.text === "Local";
  if ((check.number ?? 0) !== 0) {
    if (needsCheck) check.within(1, 65535);
    else
      check.invalid("may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
  }
  const internal = spec.child("internalTrafficPolicy");
  if (internal.isSet) internal.oneOf(POLICIES);
  const distribution = spec.child("trafficDistribution");
  if (distribution.isSet) distribution.oneOf(DISTRIBUTIONS);
}
