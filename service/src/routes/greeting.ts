import { respondJson } from "../respond";
import type { Route } from "./routes";

/** `GET /`: the greeting, and the time in whole seconds since 1970-01-01T00:00:00Z. */
export const greeting: Route = {
  path: "/",
  get: (_request, response) => {
    respondJson(response, 200, {
      message: "Automate all the things!",
      timestamp: Math.floor(Date.now() / 1000),
    });
  },
};
