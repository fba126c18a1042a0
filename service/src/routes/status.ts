import type { Config } from "../config";
import type { DependencyHealth, ItemStore } from "../data/items";
import type { Lifecycle } from "../lifecycle";
import { json, object, TEXT } from "../openapi/schemas";
import { respond, respondJson } from "../respond";
import { PAGE_POLICY, renderStatusPage } from "../statusPage";
import { OBJECTIVE, type Traffic, type TrafficSummary } from "../traffic";
import { GREETING } from "./greeting";
import type { Route } from "./routes";

/** What the status page shows. */
export interface Status extends TrafficSummary {
  readonly message: string;
  readonly version: string;
  readonly commit: string;
  readonly region: string | undefined;
  readonly phase: Lifecycle["phase"];
  readonly uptimeSeconds: number;
  readonly objective: number;
  readonly dependencies: readonly DependencyHealth[];
}

export interface StatusArgs {
  readonly config: Pick<Config, "version" | "commit"> & Partial<Pick<Config, "region">>;
  readonly lifecycle: Lifecycle;
  readonly traffic: Traffic;
  readonly items: ItemStore | undefined;
}

/** Milliseconds for which what the dependencies said is shown again: many viewers ask them as often as one does. */
const HEALTH_TTL_MS = 5000;

const NUMBER = { type: "number", minimum: 0 };
const COUNT = { type: "integer", minimum: 0 };
const SCHEMA = object(
  {
    message: TEXT,
    version: TEXT,
    commit: TEXT,
    region: TEXT,
    phase: { enum: ["starting", "ready", "draining"] },
    uptimeSeconds: COUNT,
    objective: NUMBER,
    requestsPerSecond: NUMBER,
    requests: COUNT,
    errors: COUNT,
    errorBudgetLeft: { type: "number", minimum: 0, maximum: 1 },
    dependencies: {
      type: "array",
      items: object({ name: TEXT, status: { enum: ["up", "down"] }, latencyMs: NUMBER }),
    },
  },
  ["region"],
);

/** `GET /status`, a page for people, and `GET /status.json`, which keeps it up to date. */
export function statusRoutes({ config, lifecycle, traffic, items }: StatusArgs): readonly Route[] {
  const { version, commit, region } = config;
  let health: Promise<readonly DependencyHealth[]> = Promise.resolve([]);
  let askedAt = -Infinity;
  const dependencies = (): Promise<readonly DependencyHealth[]> => {
    if (items !== undefined && performance.now() - askedAt > HEALTH_TTL_MS) {
      askedAt = performance.now();
      health = items.health();
    }
    return health;
  };
  const read = async (): Promise<Status> => ({
    ...{ message: GREETING, version, commit, region },
    phase: lifecycle.phase,
    uptimeSeconds: Math.floor(process.uptime()),
    objective: OBJECTIVE,
    ...traffic.summary(),
    dependencies: await dependencies(),
  });
  return [
    {
      path: "/status",
      operations: {
        get: {
          operationId: "getStatusPage",
          summary: "The state of this instance, for people.",
          tags: ["operations"],
          responses: { 200: { description: "The page.", content: { "text/html": { schema: TEXT } } } },
        },
      },
      get: async (_request, response) => {
        respond(response, 200, "text/html; charset=utf-8", renderStatusPage(await read()), [], PAGE_POLICY);
      },
    },
    {
      path: "/status.json",
      operations: {
        get: {
          operationId: "getStatus",
          summary: "The state of this instance.",
          tags: ["operations"],
          responses: { 200: json("The state.", SCHEMA) },
        },
      },
      get: async (_request, response) => {
        respondJson(response, 200, await read());
      },
    },
  ];
}
