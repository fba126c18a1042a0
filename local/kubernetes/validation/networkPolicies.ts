/** Rules for network policies (k8s.io/kubernetes v1.35.4, pkg/apis/networking/validation: ValidateNetworkPolicySpec). */
import { isStrictlyWithin, parseNetwork, validateNetwork } from "./addresses";
import type { Field } from "./field";
import { validatePort } from "./pod/handlers";
import { validateSelector } from "./selectors";

export function validateNetworkPolicy(policy: Field): void {
  const spec = policy.child("spec");
  validateSelector(spec.child("podSelector"));
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    for (const rule of spec.child(direction).items) {
      for (const port of rule.child("ports").items) validatePolicyPort(port);
      for (const peer of rule.child(peers).items) validatePeer(peer);
    }
  }
  const types = spec.child("policyTypes");
  if (types.items.length > 2) types.invalid("may not specify more than two policyTypes");
  else for (const type of types.items) type.oneOf(["Ingress", "Egress"]);
}

function validatePolicyPort(entry: Field): void {
  const [protocol, port, end] = [entry.child("protocol"), entry.child("port"), entry.child("endPort")];
  if (protocol.isSet) protocol.oneOf(["TCP", "UDP", "SCTP"]);
  if (!port.isSet) {
    if (end.isSet) end.invalid("may not be specified when `port` is not specified");
    return;
  }
  validatePort(port);
  if (!end.isSet || port.isUnknown) return;
  if (port.number === undefined) end.invalid("may not be specified when `port` is non-numeric");
  else {
    if (end.number !== undefined && end.number < port.number)
      end.invalid("must be greater than or equal to `port`", port.number);
    end.within(1, 65535);
  }
}

function validatePeer(peer: Field): void {
  if (peer.isUnknown) return;
  const [pods, namespaces] = [peer.child("podSelector"), peer.child("namespaceSelector")];
  const block = peer.child("ipBlock");
  validateSelector(pods);
  validateSelector(namespaces);
  if (block.isSet) validateBlock(block);
  if (!pods.isSet && !namespaces.isSet && !block.isSet) peer.required("must specify a peer");
  else if (block.isSet && (pods.isSet || namespaces.isSet))
    peer.forbidden("may not specify both ipBlock and another peer");
}

function validateBlock(block: Field): void {
  const cidr = block.child("cidr");
  if (cidr.isUnknown || block.isUnknown) return;
  if (cidr.text === "") {
    cidr.required();
    return;
  }
  validateNetwork(cidr);
  const outer = parseNetwork(cidr.text);
  if (outer === undefined) return;
  for (const except of block.child("except").items) {
    validateNetwork(except);
    const inner = parseNetwork(except.text);
    if (inner !== undefined && !isStrictlyWithin(inner, outer))
      except.invalid("must be a strict subset of `cidr`");
  }
}
