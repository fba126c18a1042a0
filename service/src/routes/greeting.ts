import { json, object } from "../openapi/schemas";
import { JSON_WITH_CHARSET, respond } from "../respond";
import type { Route } from "./routes";

export const GREETING = "Automate all the things!";

/** The body in a second; one for all requests of that second. */
let current = { timestamp: NaN, body: "" };

function bodyAt(timestamp: number): string {
  if (timestamp !== current.timestamp) {
    current = { timestamp, body: JSON.stringify({ message: GREETING, timestamp }) };
  }
  return current.body;
}

/** `GET /`: the greeting, and the time in whole seconds since 1970-01-01T00:00:00Z. */
export const greeting: Route = {
  path: "/",
  operations: {
    get: {
      operationId: "greet",
      summary: "The greeting, and the time in whole seconds since 1970.",
      tags: ["greeting"],
      responses: {
        200: json("The greeting.", object({ message: { const: GREETING }, timestamp: { type: "integer" } })),
      },
    },
  },
  get: (_request, response) => {
    respond(response, 200, JSON_WITH_CHARSET, bodyAt(Math.floor(Date.now() / 1000)));
  },
};
