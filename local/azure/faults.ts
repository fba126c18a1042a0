/**
 * Faults on request, by resource type and verb: what a program and its runbooks do when the cloud fails is
 * tested with these.
 *
 * azure-native repeats a throttled request (429, after the Retry-After that Azure sends) and most 5xx answers by
 * itself. A fault here is therefore one that outlasted those repetitions: the operation fails.
 */
import { ProviderError } from "../provider/backend";

export type Verb = "create" | "update" | "delete" | "read";

export interface Fault {
  /** Token without the package (`containerservice:ManagedCluster`), or `*`. */
  readonly type: string;
  readonly verb: Verb;
  /** The matching call that fails first, counted from 1. @default 1 */
  readonly nth?: number;
  /** How many matching calls in a row fail. @default 1 */
  readonly times?: number;
  /**
   * HTTP status of Azure's answer; `timeout`: no answer, and nothing was done; `lostResponse`: the work was
   * done, but its answer never came.
   */
  readonly status: 409 | 429 | 500 | 502 | 503 | "timeout" | "lostResponse";
  /** Azure's error code. @default the usual one of the status */
  readonly code?: string;
}

const USUAL: Readonly<Record<Fault["status"], readonly [code: string, message: string]>> = {
  409: ["Conflict", "Another operation on this or a dependent resource is in progress."],
  429: ["TooManyRequests", "The request was throttled; it was repeated until the attempts were used up."],
  500: ["InternalServerError", "Encountered internal server error."],
  502: ["BadGateway", "The gateway did not receive a response from the resource provider."],
  503: ["ServiceUnavailable", "The service is temporarily unavailable."],
  timeout: ["OperationTimedOut", "context deadline exceeded: no answer came from Azure Resource Manager"],
  lostResponse: [
    "ConnectionReset",
    "connection reset by peer: the answer of Azure Resource Manager was lost",
  ],
};

export class FaultPlan {
  private readonly seen = new Map<Fault, number>();

  public constructor(private readonly faults: readonly Fault[]) {}

  /** Counts a call. @returns its fault, or undefined where the plan has none for it. */
  public next(type: string, verb: Verb): Fault | undefined {
    let due: Fault | undefined;
    for (const fault of this.faults) {
      if (fault.verb !== verb || (fault.type !== "*" && fault.type !== type)) continue;
      const call = (this.seen.get(fault) ?? 0) + 1;
      this.seen.set(fault, call);
      const first = fault.nth ?? 1;
      if (call >= first && call < first + (fault.times ?? 1)) due ??= fault;
    }
    return due;
  }
}

export function faultError(fault: Fault): ProviderError {
  const [code, message] = USUAL[fault.status];
  return new ProviderError(fault.code ?? code, `${message} (fault on request: ${fault.type} ${fault.verb})`);
}
