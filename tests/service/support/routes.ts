import type { Route } from "../../../service/src/routes/routes";

/** A route that answers when the test says so. */
export function held(): { route: Route; release: () => void } {
  const waiting: (() => void)[] = [];
  const route: Route = {
    path: "/held",
    get: (_request, response) => {
      waiting.push(() => response.status(204).end());
    },
  };
  return {
    route,
    release: () => {
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

/** Uses the processor for so long. */
export function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
