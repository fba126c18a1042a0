import type { RequestHandler } from "express";
import type { ApiLocals } from "../respond";

export type ApiHandler = RequestHandler<object, unknown, unknown, unknown, ApiLocals>;

/** A resource that can be read, at a fixed path. */
export interface Route {
  readonly path: string;
  /** Answers GET, and HEAD without the body, through `respond`. */
  readonly get: ApiHandler;
  /** Called by a machine every few seconds, so it is logged at `debug`. */
  readonly quiet?: boolean;
}
