import { openApiDocument } from "../openapi/document";
import { json } from "../openapi/schemas";
import { JSON_WITH_CHARSET, respond } from "../respond";
import type { Route } from "./routes";

/** `GET /openapi.json`: the document of the given routes and of itself. */
export function openApiRoute(routes: readonly Route[], version: string): Route {
  let document: string | undefined;
  const route: Route = {
    path: "/openapi.json",
    operations: {
      get: {
        operationId: "getOpenApi",
        summary: "This document.",
        tags: ["operations"],
        responses: { 200: json("The OpenAPI 3.1 document of the API.", { type: "object" }) },
      },
    },
    get: (_request, response) => {
      document ??= JSON.stringify(openApiDocument([...routes, route], version));
      respond(response, 200, JSON_WITH_CHARSET, document);
    },
  };
  return route;
}
