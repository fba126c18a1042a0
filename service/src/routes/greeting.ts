import { json, object } from "../openapi/schemas";
import { respondJson } from "../respond";
import type { Route } from "./routes";

export const GREETING = "Automate all the things!";

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
    respondJson(response, 200, { message: GREETING, timestamp: Math.floor(Date.now() / 1000) });
  },
};
