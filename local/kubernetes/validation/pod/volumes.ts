/** Rules for volumes (pkg/apis/core/validation: ValidateVolumes, validateVolumeSource). */
import type { Field } from "../field";
import { dnsLabel, quantityOf } from "../syntax";
import { validateFieldReference, validateResourceReference, VOLUME_FIELD_PATHS } from "./environment";

/** In the order in which the API server looks; a second one is one too many. */
const SOURCES = [
  ...[
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
  ],
  ...[
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
  ],
  ...["flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume"],
  ...["azureDisk", "storageos", "projected", "scaleIO", "csi", "ephemeral", "image"],
];
const HOST_PATH_TYPES = [
  ...["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"],
];
const MODE = "must be a number between 0 and 0777 (octal), both inclusive";
const LEAST_TOKEN_SECONDS = 600;

/** @returns the names of the volumes that have no fault: only these can be mounted */
export function validateVolumes(volumes: Field): ReadonlySet<string> {
  const names = new Set<string>();
  for (const volume of volumes.items) {
    const name = volume.child("name");
    const isTaken = names.has(name.text);
    validateSource(volume);
    if (name.text === "") name.required();
    else name.follows(dnsLabel);
    if (isTaken) name.duplicate();
    names.add(name.text);
  }
  return names;
}

function validateSource(volume: Field): void {
  const [first, ...more] = SOURCES.filter((name) => volume.child(name).isSet);
  if (first !== undefined) BY_SOURCE[first]?.(volume.child(first));
  for (const name of more) volume.child(name).forbidden("may not specify more than 1 volume type");
}

const BY_SOURCE: Readonly<Record<string, (source: Field) => void>> = {
  emptyDir: (source) => {
    const limit = source.child("sizeLimit");
    if (quantityOf(limit.text) < 0) limit.forbidden("SizeLimit field must be a valid resource quantity");
  },
  hostPath: (source) => {
    const [path, type] = [source.child("path"), source.child("type")];
    if (path.text === "") path.required();
    else {
      validateNoBacksteps(path);
      if (type.isSet) type.oneOf(HOST_PATH_TYPES);
    }
  },
  secret: (source) => {
    requireText(source.child("secretName"));
    validateFiles(source);
  },
  configMap: (source) => {
    requireText(source.child("name"));
    validateFiles(source);
  },
  persistentVolumeClaim: (source) => {
    requireText(source.child("claimName"));
  },
  downwardAPI: (source) => {
    validateMode(source.child("defaultMode"));
    for (const file of source.child("items").items) validatePodFile(file.as(source.path));
  },
  projected: validateProjected,
  csi: (source) => {
    requireText(source.child("driver"));
  },
};

function requireText(field: Field): void {
  if (field.text === "") field.required();
}

function validateMode(mode: Field): void {
  if (mode.number !== undefined && (mode.number < 0 || mode.number > 0o777)) mode.invalid(MODE);
}

function validateFiles(source: Field): void {
  validateMode(source.child("defaultMode"));
  for (const item of source.child("items").items) validateItem(item);
}

function validateItem(item: Field): void {
  requireText(item.child("key"));
  requireText(item.child("path"));
  validateLocalPath(item.child("path"));
  validateMode(item.child("mode"));
}

function validatePodFile(file: Field): void {
  requireText(file.child("path"));
  validateLocalPath(file.child("path"));
  const [field, resource] = [file.child("fieldRef"), file.child("resourceFieldRef")];
  if (field.isSet) {
    validateFieldReference(field, VOLUME_FIELD_PATHS);
    if (resource.isSet)
      file.invalid("fieldRef and resourceFieldRef can not be specified simultaneously", "resource");
  } else if (resource.isSet) validateResourceReference(resource, true);
  else file.required("one of fieldRef and resourceFieldRef is required");
  validateMode(file.child("mode"));
}

function validateProjected(projected: Field): void {
  validateMode(projected.child("defaultMode"));
  const taken = new Set<string>();
  const note = (file: Field, shown: string): void => {
    const { text } = file.child("path");
    if (text !== "" && taken.has(text)) projected.invalid("conflicting duplicate paths", shown);
    taken.add(text);
  };
  for (const source of projected.child("sources").items) {
    for (const kind of ["secret", "configMap"]) {
      const part = source.child(kind);
      if (!part.isSet) continue;
      requireText(part.child("name"));
      for (const item of part.child("items").items) {
        validateItem(item);
        note(item, part.child("name").text);
      }
    }
    const podFiles = source.child("downwardAPI");
    for (const file of podFiles.child("items").items) {
      validatePodFile(file.as(podFiles.path));
      note(file, file.child("path").text);
    }
    validateToken(source.child("serviceAccountToken"), projected);
    const kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle"];
    const given = kinds.filter((kind) => source.child(kind).isSet);
    if (given.length > 1) source.forbidden("may not specify more than 1 volume type per source");
  }
}

function validateToken(token: Field, projected: Field): void {
  if (!token.isSet || token.isUnknown) return;
  const seconds = token.child("expirationSeconds");
  if (seconds.number !== undefined && seconds.number < LEAST_TOKEN_SECONDS)
    seconds.invalid("may not specify a duration less than 10 minutes");
  const path = token.child("path").as(`${projected.path}.path`);
  requireText(path);
  if (path.text !== "") validateLocalPath(path);
}

/** Within the volume: relative, and not out of it. */
export function validateLocalPath(path: Field): void {
  validateDescending(path);
  if (path.text.startsWith("..") && !path.text.startsWith("../")) path.invalid("must not start with '..'");
}

export function validateDescending(path: Field): void {
  if (path.text.startsWith("/")) path.invalid("must be a relative path");
  validateNoBacksteps(path);
}

function validateNoBacksteps(path: Field): void {
  if (path.text.split("/").includes("..")) path.invalid("must not contain '..'");
}
