/** Rules for security contexts (pkg/apis/core/validation: validatePodSpecSecurityContext, ValidateSecurityContext). */
import type { Field } from "../field";
import { validateDescending } from "./volumes";

const MOST_ID = 2 ** 31 - 1;
const PROFILES = ["Localhost", "RuntimeDefault", "Unconfined"];
const SYSCTL = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SYSCTL_FORM = `^(${SYSCTL}[\\./])*${SYSCTL}$`;
const MOST_SYSCTL_CHARACTERS = 253;
const MOST_PROFILE_BYTES = 4095;

export function validatePodSecurity(spec: Field): void {
  const context = spec.child("securityContext");
  for (const name of ["fsGroup", "runAsUser", "runAsGroup"]) context.child(name).within(0, MOST_ID);
  for (const group of context.child("supplementalGroups").items) group.within(0, MOST_ID);
  const shared = spec.child("shareProcessNamespace");
  if (shared.isTrue && spec.child("hostPID").isTrue) {
    const place = shared.as(`${context.path}.shareProcessNamespace`);
    place.invalid("ShareProcessNamespace and HostPID cannot both be enabled");
  }
  validateSysctls(spec);
  const policies = [
    ["fsGroupChangePolicy", ["Always", "OnRootMismatch"]],
    ["supplementalGroupsPolicy", ["Merge", "Strict"]],
    // Another one is behind a gate that is closed (SELinuxMount).
    ["seLinuxChangePolicy", ["Recursive"]],
  ] as const;
  validateSeccomp(context.child("seccompProfile"));
  validateAppArmor(context.child("appArmorProfile"));
  for (const [name, allowed] of policies) {
    if (context.child(name).isSet) context.child(name).oneOf(allowed);
  }
}

function validateSysctls(spec: Field): void {
  const seen = new Set<string>();
  for (const sysctl of spec.child("securityContext", "sysctls").items) {
    const name = sysctl.child("name");
    const isValid = name.text.length <= MOST_SYSCTL_CHARACTERS && new RegExp(SYSCTL_FORM).test(name.text);
    if (name.text === "") name.required();
    else if (!isValid) {
      name.invalid(`must have at most ${MOST_SYSCTL_CHARACTERS} characters and match regex ${SYSCTL_FORM}`);
    } else if (seen.has(name.text)) name.duplicate();
    seen.add(name.text);
    const plain = name.text.replaceAll("/", ".");
    if (spec.child("hostNetwork").isTrue && plain.startsWith("net."))
      name.invalid("may not be specified when 'hostNetwork' is true");
    if (spec.child("hostIPC").isTrue && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(plain))
      name.invalid("may not be specified when 'hostIPC' is true");
  }
}

export function validateContainerSecurity(context: Field, spec: Field): void {
  if (!context.isSet || context.isUnknown) return;
  for (const name of ["runAsUser", "runAsGroup"]) context.child(name).within(0, MOST_ID);
  const mount = context.child("procMount");
  if (mount.isSet) {
    mount.oneOf(["Default", "Unmasked"]);
    if (mount.text === "Unmasked" && spec.child("hostUsers").value !== false)
      mount.invalid("`hostUsers` must be false to use `Unmasked`");
  }
  validateSeccomp(context.child("seccompProfile"));
  if (context.child("allowPrivilegeEscalation").value === false) {
    if (context.child("privileged").isTrue)
      context.invalid("cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    for (const { text } of context.child("capabilities", "add").items) {
      if (text !== "CAP_SYS_ADMIN") continue;
      context.invalid("cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }
  }
  validateAppArmor(context.child("appArmorProfile"));
}

function validateSeccomp(profile: Field): void {
  if (!profile.isSet || profile.isUnknown) return;
  const [type, local] = [profile.child("type"), profile.child("localhostProfile")];
  if (type.text === "") type.required("type is required when seccompProfile is set");
  else type.oneOf(PROFILES);
  if (type.text === "Localhost") {
    if (local.isSet) validateDescending(local);
    else local.required("must be set when seccomp type is Localhost");
  } else if (local.isSet) {
    // The API server prints the whole profile, with Go's names of the fields.
    const printed = { Type: type.text, LocalhostProfile: local.text };
    local.invalid("can only be set when seccomp type is Localhost", printed);
  }
}

function validateAppArmor(profile: Field): void {
  if (!profile.isSet || profile.isUnknown) return;
  const [type, local] = [profile.child("type"), profile.child("localhostProfile")];
  if (type.text === "") type.required("type is required when appArmorProfile is set");
  else type.oneOf(PROFILES);
  if (type.text !== "Localhost") {
    if (local.isSet && PROFILES.includes(type.text))
      local.invalid("can only be set when AppArmor type is Localhost");
    return;
  }
  if (!local.isSet) local.required("must be set when AppArmor type is Localhost");
  else if (local.text.trim() !== local.text) local.invalid("must not be padded with whitespace");
  else if (local.text === "") local.required("must be set when AppArmor type is Localhost");
  if (local.text.length > MOST_PROFILE_BYTES) local.tooLong(MOST_PROFILE_BYTES);
}
