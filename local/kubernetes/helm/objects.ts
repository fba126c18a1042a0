/** Objects that a chart makes: put into the cluster, and taken out of it. */
import type { JsonObject } from "../../provider/backend";
import { nameOf } from "../api";
import type { ClusterContext } from "../context";
import { settleGatewayObject } from "../gateway";
import { kindNamed } from "../kinds";
import { asKube, type Deployment } from "../types";
import type { ReleaseRecord } from "./record";

/** Makes or updates the objects, in this order. @returns why pods of them do not run. */
export async function applyObjects(
  context: ClusterContext,
  objects: readonly JsonObject[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const object of objects) {
    const typed = asKube(object);
    const kind = kindNamed(typed.apiVersion, typed.kind);
    const isThere = (await context.api.get(nameOf(kind, typed))) !== undefined;
    const live = await (isThere ? context.api.update(kind, object) : context.api.create(kind, object));
    if (kind.kind === "Deployment") {
      const found = await context.controllers.startChart(context, live as Deployment);
      problems.push(...found.map(({ reason, message }) => `[${reason}] ${message}`));
    }
    if (kind.custom === true) await settleGatewayObject(context, kind, live);
  }
  return problems;
}

/** What is gone already is no error. */
export async function removeObjects(
  context: ClusterContext,
  objects: ReleaseRecord["objects"],
): Promise<void> {
  for (const { apiVersion, kind, name, namespace } of [...objects].reverse()) {
    const target = {
      kind: kindNamed(apiVersion, kind),
      name,
      ...(namespace === undefined ? {} : { namespace }),
    };
    if ((await context.api.get(target)) === undefined) continue;
    await context.controllers.beforeDelete(context, target);
    await context.api.delete(target);
    await context.controllers.afterDelete(context, target);
  }
}
