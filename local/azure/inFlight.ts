/** Operations under way on resources that Azure writes serially. */
import type { AzureType } from "./resourceType";

export class InFlight {
  private readonly running = new Map<string, string>();

  /**
   * Marks an operation as running.
   * @returns a function that ends it. @throws the type's conflict while another one runs.
   */
  public begin(type: AzureType, id: string, verb: string): () => void {
    if (type.serial === undefined) return () => undefined;
    const key = type.serial.key(id).toLowerCase();
    const other = this.running.get(key);
    if (other !== undefined) throw type.serial.conflict(id, other);
    this.running.set(key, verb);
    return () => {
      this.running.delete(key);
    };
  }
}
