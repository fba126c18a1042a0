import type { RequestHandler } from "express";
import { MACHINE_PATHS } from "./routes/routes";
import { type ApiLocals, respondProblem } from "./respond";

/** Front Door sets it to its own id in each request, and takes away what the client set. */
const HEADER = "x-azure-fdid";

/**
 * Answers 403 to whoever did not come through the given Azure Front Door. The networks of Front Door are shared by all
 * who use it, so that only this header tells one from another
 * (https://learn.microsoft.com/azure/frontdoor/origin-security#front-door-identifier).
 *
 * @param id a GUID in lower case
 */
export function requireFrontDoor(id: string): RequestHandler<object, unknown, unknown, unknown, ApiLocals> {
  return (request, response, next) => {
    const sent = request.headers[HEADER];
    if (MACHINE_PATHS.has(request.path) || (typeof sent === "string" && sent.toLowerCase() === id)) {
      next();
      return;
    }
    respondProblem(response, 403, "This API answers requests that come through its Front Door.");
  };
}
