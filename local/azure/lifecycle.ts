/** Create, update and delete as Azure Resource Manager does them: checks first, then one change of the store. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudRecord } from "../cloud/store";
import { ProviderError, type Json, type JsonObject } from "../provider/backend";
import { at, merge, text } from "../provider/values";
import { checkLocation, checkPlacement, checkReferences } from "./existence";
import { normalizeRegion } from "./regions";
import { FaultPlan, faultError, type Fault, type Verb } from "./faults";
import { InFlight } from "./inFlight";
import { nameOf } from "./ids";
import { returnedInputs } from "./projection";
import type { TypeTable } from "./types";
import { refusal, type AzureCloud, type AzureType, type Operation } from "./resourceType";

/** Real time of a call, in milliseconds: enough for operations that run side by side to meet each other. */
const CALL_MILLISECONDS = 5;

export class Lifecycle {
  private readonly inFlight: InFlight;
  private readonly faults: FaultPlan;

  public constructor(
    private readonly cloud: AzureCloud,
    private readonly types: TypeTable,
    faults: readonly Fault[],
  ) {
    this.inFlight = new InFlight(cloud);
    this.faults = new FaultPlan(faults);
  }

  public async create(type: AzureType, id: string, inputs: JsonObject): Promise<CloudRecord> {
    return this.run(type, "create", id, async () => {
      const existing = this.cloud.store.get(id);
      if (existing !== undefined && type.alwaysThere !== true) {
        // azure-native asks before it writes (crud.CanCreate), because a PUT would take the resource over.
        throw refusal("ResourceExists", `cannot create already existing resource '${existing.id}'`);
      }
      return this.write(type, id, inputs, existing);
    });
  }

  /** An update is a PUT of the whole resource: it makes the resource anew if it is gone. */
  public async update(type: AzureType, id: string, inputs: JsonObject): Promise<CloudRecord> {
    return this.run(type, "update", id, () => this.write(type, id, inputs, this.cloud.store.get(id)));
  }

  /** Deleting what is gone succeeds. */
  public async delete(type: AzureType, id: string): Promise<void> {
    await this.run(type, "delete", id, () => {
      const record = this.cloud.store.get(id);
      if (record !== undefined) {
        for (const refuse of type.refuseDelete ?? []) throwIfDefined(refuse({ cloud: this.cloud, record }));
        this.removeTree(record);
      }
      return Promise.resolve();
    });
  }

  /** A read can fail on request too. */
  public async read(type: AzureType, id: string): Promise<CloudRecord | undefined> {
    return this.run(type, "read", id, () => Promise.resolve(this.cloud.store.get(id)));
  }

  private async run<Result>(
    type: AzureType,
    verb: Verb,
    id: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const fault = this.faults.next(type.token, verb);
    if (fault !== undefined && fault.status !== "lostResponse") throw faultError(fault);
    const end = verb === "read" ? () => undefined : this.inFlight.begin(type, id, verb);
    try {
      await sleep(CALL_MILLISECONDS);
      const result = await work();
      if (fault !== undefined) throw faultError(fault);
      return result;
    } finally {
      end();
    }
  }

  private async write(
    type: AzureType,
    id: string,
    inputs: JsonObject,
    existing: CloudRecord | undefined,
  ): Promise<CloudRecord> {
    const operation = createOperation(this.cloud, type, id, inputs, existing);
    checkPlacement(operation);
    checkLocation(operation);
    checkReferences(operation);
    for (const refuse of type.refuse ?? []) throwIfDefined(refuse(operation));
    const performed = await this.perform(operation);
    const record = this.put(operation, performed);
    type.afterWrite?.(operation, record);
    return record;
  }

  /** Long work that fails leaves the resource there, failed: the engine is told, and tries an update next time. */
  private async perform(operation: Operation): Promise<JsonObject> {
    try {
      return (await operation.type.perform?.(operation)) ?? {};
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { id, properties } = this.put(operation, { provisioningState: "Failed" });
      throw new ProviderError(error.code, error.reason, { id, outputs: properties });
    }
  }

  private put(operation: Operation, performed: JsonObject): CloudRecord {
    const { type, id, existing } = operation;
    const record: CloudRecord = {
      id: type.returnedId?.(id) ?? id,
      cloud: "azure",
      type: type.shape.armType,
      properties: merge(outputsOf(operation), performed),
      createdAt: existing?.createdAt ?? this.cloud.now().toISOString(),
      seconds: existing?.seconds ?? type.seconds.create,
    };
    this.cloud.store.put(record);
    return record;
  }

  /** Removes a resource and what belongs to it: children, extension resources, a group's members. */
  private removeTree(record: CloudRecord): void {
    const members = this.cloud.store.list({ under: record.id });
    for (const member of members.reverse()) {
      if (this.types.byArmType(member.type)?.outlivesOwner !== true) this.removeOne(member);
    }
    this.removeOne(record);
  }

  private removeOne(record: CloudRecord): void {
    this.cloud.store.remove(record.id);
    this.types.byArmType(record.type)?.afterDelete?.({ cloud: this.cloud, record });
  }
}

export function createOperation(
  cloud: AzureCloud,
  type: AzureType,
  id: string,
  inputs: JsonObject,
  existing: CloudRecord | undefined,
): Operation {
  return {
    cloud,
    type,
    id,
    inputs,
    existing,
    keep: <Value extends Json>(path: string, make: () => Value): Value =>
      (at(existing?.properties, path) as Value | undefined) ?? make(),
  };
}

function outputsOf(operation: Operation): JsonObject {
  const { type, inputs, id } = operation;
  const location = text(inputs, "location");
  const given = merge(type.defaults?.(operation) ?? {}, returnedInputs(type, inputs));
  return {
    ...merge(given, type.compute?.(operation) ?? {}),
    ...(location === undefined ? {} : { location: normalizeRegion(location) }),
    name: nameOf(id),
    ...(type.returnedType === false ? {} : { type: type.returnedType ?? type.shape.armType }),
    azureApiVersion: type.apiVersion,
  };
}

function throwIfDefined(error: Error | undefined): void {
  if (error !== undefined) throw error;
}
