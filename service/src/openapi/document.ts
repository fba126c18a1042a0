import { MACHINE_PATHS, type Route } from "../routes/routes";
import { HEADERS, refusal, RESPONSES, SCHEMAS } from "./schemas";
import type { OpenApiDocument, Operation } from "./types";

const DESCRIPTION =
  "A greeting, items in a database, and what operators need. Every response has X-Request-Id and Traceparent. " +
  "A path that is not listed answers 404, and a method that is not listed 405 with " +
  "Allow, as problem documents.";

/** `/items/:id` is `/items/{id}` in OpenAPI. */
function pathTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

/** Adds what can happen to every request. */
function complete(operation: Operation, path: string): Operation {
  const machine = MACHINE_PATHS.has(path);
  return {
    ...operation,
    responses: {
      ...operation.responses,
      400: refusal("BadRequest"),
      408: refusal("RequestTimeout"),
      431: refusal("HeadersTooLarge"),
      500: refusal("Failure"),
      ...(machine ? {} : { 403: refusal("Forbidden"), 503: refusal("Unavailable") }),
    },
  };
}

function headOf(get: Operation): Operation {
  return { ...get, operationId: `${get.operationId}Head`, summary: `${get.summary} Headers only.` };
}

/** The document of the routes that describe themselves. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const paths = routes
    .filter(({ operations }) => operations !== undefined)
    .map(({ path, operations = {} }) => {
      const methods = Object.entries(operations).flatMap(([method, operation]) => {
        const full = complete(operation, path);
        return method === "get"
          ? [
              ["get", full],
              ["head", headOf(full)],
            ]
          : [[method, full]];
      });
      return [pathTemplate(path), Object.fromEntries(methods) as Record<string, Operation>] as const;
    });
  return {
    openapi: "3.1.1",
    info: { title: "AKS platform API", version, description: DESCRIPTION },
    paths: Object.fromEntries(paths),
    components: { schemas: SCHEMAS, responses: RESPONSES, headers: HEADERS },
  };
}
