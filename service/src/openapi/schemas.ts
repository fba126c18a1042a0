import { MAX_ITEMS } from "../data/items";
import { MAX_BODY_BYTES } from "../problem";
import { PROBLEM_CONTENT_TYPE } from "../respond";
import type { JsonSchema, MediaType, Reference, ResponseObject } from "./types";

export const JSON_CONTENT_TYPE = "application/json";
export const MAX_NAME_LENGTH = 200;
export const MAX_ID = 999_999_999_999_999;
export const MAX_LIMIT = 100;
export const DEFAULT_LIMIT = 20;

export const TEXT: JsonSchema = { type: "string" };
/**
 * Letters of every script, spaces and signs, but no control characters: what can be stored, logged and shown. (Halves of
 * surrogate pairs are refused too; they are no Unicode, so that a pattern cannot name them.)
 */
export const NAME: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: MAX_NAME_LENGTH,
  pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]+$",
};
export const ID: JsonSchema = { type: "integer", minimum: 1, maximum: MAX_ID };

export function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []) {
  return {
    type: "object",
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  } satisfies JsonSchema;
}

export const SCHEMAS = {
  Problem: {
    description: "An error, as RFC 9457 has it.",
    ...object({
      type: { const: "about:blank" },
      title: TEXT,
      status: { type: "integer", minimum: 400, maximum: 599 },
      detail: TEXT,
      instance: { type: "string", description: "The id of the request, as in X-Request-Id." },
    }),
  },
  Item: object({ id: ID, name: NAME, createdAt: { type: "string", format: "date-time" } }),
  NewItem: object({ name: NAME }),
} satisfies Record<string, JsonSchema>;

export function schema(name: keyof typeof SCHEMAS): MediaType {
  return { schema: { $ref: `#/components/schemas/${name}` } };
}

export function json(description: string, body: JsonSchema): ResponseObject {
  return { description, content: { [JSON_CONTENT_TYPE]: { schema: body } } };
}

function problem(description: string, headers: readonly (keyof typeof HEADERS)[] = []): ResponseObject {
  return {
    description,
    ...(headers.length === 0
      ? {}
      : { headers: Object.fromEntries(headers.map((name) => [name, HEADERS[name]])) }),
    content: { [PROBLEM_CONTENT_TYPE]: schema("Problem") },
  };
}

export const HEADERS = {
  "X-Request-Id": {
    description: "The caller's id of the request where it sent a valid one, or its trace's.",
    schema: { type: "string", maxLength: 64 },
  },
  Traceparent: {
    description: "The request's span, in the caller's trace or a new one (W3C Trace Context).",
    schema: { type: "string", pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$" },
  },
  "Retry-After": {
    description: "Seconds to wait before the next attempt.",
    schema: { type: "integer", minimum: 0 },
  },
} as const;

/** Refusals that several operations share. */
export const RESPONSES = {
  BadRequest: problem("The request is malformed; detail says how."),
  Forbidden: problem("The deployment answers what comes through its Front Door alone."),
  NotFound: problem("There is no such item or build, or the deployment has no database."),
  RequestTimeout: problem("The request did not arrive in time."),
  Conflict: problem(`There are ${MAX_ITEMS} items already.`),
  ContentTooLarge: problem(`The body is larger than ${MAX_BODY_BYTES} bytes.`),
  UnsupportedMediaType: problem("The body is not JSON in UTF-8."),
  HeadersTooLarge: problem("The headers are larger than the API reads."),
  Failure: problem("The request failed on the server."),
  Unavailable: problem("The API is overloaded or stopping, or a dependency does not answer.", [
    "Retry-After",
  ]),
  NotReady: problem("The process is starting or stopping."),
} satisfies Record<string, ResponseObject>;

export function refusal(name: keyof typeof RESPONSES): Reference {
  return { $ref: `#/components/responses/${name}` };
}
