/** The inputs of an object as the cluster has them now, so that a refresh shows what somebody changed. */
import type { Json, JsonObject } from "../provider/backend";
import { isObject, object } from "../provider/values";

/** Metadata that a program never gives. */
const SERVER_METADATA = ["uid", "resourceVersion", "generation", "creationTimestamp"];

/**
 * Only fields that the inputs name are looked at, as server-side apply looks only at the fields that it manages.
 * Without inputs (an import) everything counts that is not the server's own.
 */
export function projectInputs(inputs: JsonObject, live: JsonObject): JsonObject {
  if (Object.keys(inputs).length === 0) return importInputs(live);
  const seen = projectObject(inputs, live);
  const plain = inputs["stringData"];
  return isObject(plain) ? { ...seen, stringData: decode(plain, live["data"]) } : seen;
}

function importInputs(live: JsonObject): JsonObject {
  const inputs = Object.fromEntries(Object.entries(live).filter(([key]) => key !== "status"));
  const metadata = object(inputs, "metadata");
  const kept = Object.entries(metadata).filter(([key]) => !SERVER_METADATA.includes(key));
  return { ...inputs, metadata: Object.fromEntries(kept) };
}

function projectObject(inputs: JsonObject, live: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(inputs)) {
    const now = live[key];
    // An empty map or list is the same as none, and the server drops it.
    if (now !== undefined) result[key] = project(value, now);
    else if (key.startsWith("__") || value === null || isEmpty(value)) result[key] = value;
  }
  return result;
}

function project(input: Json, live: Json): Json {
  if (isObject(input) && isObject(live)) return projectObject(input, live);
  if (Array.isArray(input) && Array.isArray(live)) {
    return live.map((item, index) => {
      const counterpart = partnerOf(item, input) ?? input[index];
      return counterpart === undefined ? item : project(counterpart, item);
    });
  }
  return live;
}

/** Lists of named things (containers, ports, env) are matched by name: order and insertions do not confuse them. */
function partnerOf(item: Json, inputs: readonly Json[]): Json | undefined {
  if (!isObject(item) || item["name"] === undefined) return undefined;
  return inputs.find((input) => isObject(input) && input["name"] === item["name"]);
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** `stringData` is written only; what it says now stands in `data`. */
function decode(plain: JsonObject, data: Json | undefined): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys(plain)) {
    const value = isObject(data) ? data[key] : undefined;
    if (typeof value === "string") result[key] = Buffer.from(value, "base64").toString("utf8");
  }
  return result;
}
