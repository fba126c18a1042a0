/** Rules for what a container mounts (pkg/apis/core/validation: ValidateVolumeMounts, ValidateVolumeDevices). */
import type { Field } from "../field";
import type { Pod } from "./containers";
import { validateDescending } from "./volumes";

const PROPAGATION = ["Bidirectional", "HostToContainer", "None"];

export function validateMounts(container: Field, { volumes }: Pod): void {
  const mounts = container.child("volumeMounts");
  const paths = new Set<string>();
  for (const mount of mounts.items) {
    const [name, path] = [mount.child("name"), mount.child("mountPath")];
    if (name.text === "") name.required();
    if (!volumes.has(name.text)) name.notFound("", name.text);
    if (path.text === "") path.required();
    if (paths.has(path.text)) path.invalid("must be unique", path.text);
    paths.add(path.text);
    validateSubPaths(mounts, mount);
    const propagation = mount.child("mountPropagation").as(`${mounts.path}.mountPropagation`);
    if (!propagation.isSet) continue;
    propagation.oneOf(PROPAGATION);
    const isPrivileged = container.child("securityContext", "privileged").isTrue;
    if (propagation.text === "Bidirectional" && !isPrivileged)
      propagation.forbidden("Bidirectional mount propagation is available only to privileged containers");
  }
}

/** Their paths are named without the mount's place in the list. */
function validateSubPaths(mounts: Field, mount: Field): void {
  const [plain, expression] = [mount.child("subPath"), mount.child("subPathExpr")];
  if (plain.text !== "") validateDescending(plain.as(`${mounts.path}.subPath`));
  if (expression.text === "") return;
  if (plain.text !== "") expression.invalid("subPathExpr and subPath are mutually exclusive");
  validateDescending(expression.as(`${mounts.path}.subPathExpr`));
}

export function validateDevices(container: Field, { volumes }: Pod): void {
  const paths = new Set<string>();
  for (const device of container.child("volumeDevices").items) {
    const [name, path] = [device.child("name"), device.child("devicePath")];
    if (name.text === "") name.required();
    if (!volumes.has(name.text)) name.notFound("", name.text);
    if (path.text === "") path.required();
    if (paths.has(path.text)) path.invalid("must be unique");
    paths.add(path.text);
  }
}
