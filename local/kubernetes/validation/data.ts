/** Rules for ConfigMaps and Secrets (k8s.io/kubernetes v1.35.4, pkg/apis/core/validation: ValidateConfigMap, ValidateSecret). */
import type { Field } from "./field";
import { configKey } from "./syntax";

const MOST_BYTES = 1024 * 1024;

export function validateConfigMap(map: Field): void {
  const [data, binary] = [map.child("data"), map.child("binaryData")];
  const binaryKeys = new Set(binary.entries.map(([key]) => key));
  for (const [key, value] of [...data.entries, ...binary.entries]) validateKey(key, value);
  for (const [key] of data.entries) {
    if (binaryKeys.has(key))
      data.child(key).as(`data[${key}]`).invalid("duplicate of key present in binaryData", key);
  }
  const bytes = sizeOf(data, (text) => Buffer.byteLength(text)) + sizeOf(binary, base64Length);
  if (bytes > MOST_BYTES) map.as("").tooLong(MOST_BYTES);
}

function validateKey(key: string, value: Field): void {
  for (const message of configKey(key)) value.invalid(message, key);
}

function sizeOf(data: Field, length: (text: string) => number): number {
  return data.entries.reduce((sum, [, { text }]) => sum + length(text), 0);
}

function base64Length(text: string): number {
  return Buffer.from(text, "base64").length;
}

export function validateSecret(secret: Field): void {
  const data = secret.child("data");
  for (const [key, value] of data.entries) validateKey(key, value);
  if (sizeOf(data, base64Length) > MOST_BYTES) data.tooLong(MOST_BYTES);
  if (!data.isUnknown) BY_TYPE[secret.child("type").text]?.(secret);
}

/** What a Secret of a type must hold. */
const BY_TYPE: Readonly<Record<string, (secret: Field) => void>> = {
  "kubernetes.io/service-account-token": (secret) => {
    const name = "kubernetes.io/service-account.name";
    const place = secret.child("metadata", "annotations").child(name).as(`metadata.annotations[${name}]`);
    if (place.text === "") place.required();
  },
  "kubernetes.io/dockercfg": (secret) => {
    requireJson(secret, ".dockercfg");
  },
  "kubernetes.io/dockerconfigjson": (secret) => {
    requireJson(secret, ".dockerconfigjson");
  },
  "kubernetes.io/basic-auth": (secret) => {
    const keys = ["username", "password"].map((key) => keyOf(secret, key));
    if (keys.every(({ isSet }) => !isSet)) for (const key of keys) key.required();
  },
  "kubernetes.io/ssh-auth": (secret) => {
    const key = keyOf(secret, "ssh-privatekey");
    if (!key.isUnknown && key.text === "") key.required();
  },
  "kubernetes.io/tls": (secret) => {
    for (const key of ["tls.crt", "tls.key"].map((name) => keyOf(secret, name))) {
      if (!key.isSet) key.required();
    }
  },
};

function keyOf(secret: Field, key: string): Field {
  return secret.child("data").child(key).as(`data[${key}]`);
}

function requireJson(secret: Field, key: string): void {
  const field = keyOf(secret, key);
  if (field.isUnknown) return;
  if (!field.isSet) {
    field.required();
    return;
  }
  try {
    JSON.parse(Buffer.from(field.text, "base64").toString("utf8"));
  } catch {
    field.invalid("invalid character in what should be JSON", "<secret contents redacted>");
  }
}
