/** Operations under way on resources that Azure writes serially. */
import type { AzureCloud, AzureType, RunningOperation } from "./resourceType";

const STATES = { create: "Creating", update: "Updating", delete: "Deleting" } as const;

export class InFlight {
  private readonly running = new Map<string, RunningOperation>();

  public constructor(private readonly cloud: AzureCloud) {}

  /**
   * Marks an operation as running.
   * @returns a function that ends it. @throws the type's conflict while another one runs.
   */
  public begin(type: AzureType, id: string, verb: keyof typeof STATES): () => void {
    if (type.serial === undefined) return () => undefined;
    const key = type.serial.key(id, this.cloud).toLowerCase();
    const other = this.running.get(key);
    if (other !== undefined) throw type.serial.conflict(other);
    this.running.set(key, { id, state: STATES[verb] });
    return () => {
      this.running.delete(key);
    };
  }
}
