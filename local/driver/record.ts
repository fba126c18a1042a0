import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

/** Events that the engine sends and the SDK's `EngineEvent` does not list. */
interface PolicySummaryEvent {
  readonly policyPackName: string;
  readonly policyPackVersion?: string;
  readonly passed?: readonly string[];
  readonly failed?: readonly string[];
  readonly notApplicable?: readonly unknown[];
}
type AnyEvent = EngineEvent & {
  readonly policyAnalyzeSummaryEvent?: PolicySummaryEvent;
  readonly policyAnalyzeStackSummaryEvent?: PolicySummaryEvent;
};

export interface PolicyViolation {
  readonly pack: string;
  readonly policy: string;
  /** `mandatory`, `advisory`, or `undecided`: a preview does not know the value yet that the policy judges. */
  readonly level: string;
  /** URN; undefined for a rule on the whole stack. */
  readonly resource: string | undefined;
  readonly message: string;
}

export interface Diagnostic {
  /** URN; undefined for a message about the run as a whole. */
  readonly resource: string | undefined;
  readonly message: string;
}

export interface Step {
  readonly urn: string;
  readonly op: OpType;
  /** True where a provider manages the resource, false for a component. */
  readonly custom: boolean;
  readonly diffs: readonly string[];
  /** Milliseconds from start to end; undefined while it runs. */
  readonly milliseconds: number | undefined;
  readonly failed: boolean;
}

/** What the engine puts before the program's own message (pulumi/pulumi, pkg/engine: the language host's error). */
const PROGRAM_FAILED = /^an unhandled error occurred: /;

/** The engine says these about itself at the end; the reasons come as diagnostics of their own. */
const ECHOES = new Set([
  "update failed",
  "preview failed",
  "refresh failed",
  "destroy failed",
  "update canceled",
]);
/** The engine remarks on the stand-in of policyHost.ts. */
const EXPECTED_WARNING = "using pulumi-analyzer-policy-nodejs from $PATH";

/** How the SDK's policy server words it (sdk/nodejs/policy/server.ts: UnknownValueError). */
const UNDECIDED = /^can't run policy .* during preview/;

/** What one operation did, gathered from the engine's events. */
export class OperationRecord {
  public readonly steps = new Map<string, Step>();
  public readonly errors: Diagnostic[] = [];
  public readonly warnings: Diagnostic[] = [];
  public readonly violations: PolicyViolation[] = [];
  public readonly policies = new Map<string, Set<string>>();
  public changes: Readonly<Partial<Record<OpType, number>>> = {};
  /** Events so far. */
  public events = 0;
  private readonly atProvider = new Set<string>();
  private readonly started = new Map<string, number>();

  public constructor(private readonly onStep: (step: Step) => void = () => undefined) {}

  /** Resources that a provider is at work on. A component is begun and not finished as long as its program likes. */
  public get underWay(): number {
    return this.atProvider.size;
  }

  public add(event: AnyEvent): void {
    this.events++;
    if (event.resourcePreEvent) this.start(event.resourcePreEvent.metadata);
    if (event.resOutputsEvent) this.finish(event.resOutputsEvent.metadata, false);
    if (event.resOpFailedEvent) this.finish(event.resOpFailedEvent.metadata, true);
    if (event.diagnosticEvent) this.addDiagnostic(event.diagnosticEvent);
    if (event.policyEvent) this.addViolation(event.policyEvent);
    if (event.policyAnalyzeSummaryEvent) this.addPolicies(event.policyAnalyzeSummaryEvent);
    if (event.policyAnalyzeStackSummaryEvent) this.addPolicies(event.policyAnalyzeStackSummaryEvent);
    if (event.summaryEvent) this.changes = event.summaryEvent.resourceChanges;
  }

  /** Steps that change something, in the order in which they ended. */
  public changed(): Step[] {
    return [...this.steps.values()].filter(({ op }) => isChange(op));
  }

  private start(metadata: NonNullable<EngineEvent["resourcePreEvent"]>["metadata"]): void {
    this.started.set(metadata.urn, performance.now());
    if ((metadata.new ?? metadata.old)?.custom === true) this.atProvider.add(metadata.urn);
  }

  private finish(metadata: NonNullable<EngineEvent["resOutputsEvent"]>["metadata"], failed: boolean): void {
    const started = this.started.get(metadata.urn);
    this.atProvider.delete(metadata.urn);
    const milliseconds = started === undefined ? undefined : performance.now() - started;
    const step: Step = {
      urn: metadata.urn,
      op: metadata.op,
      custom: (metadata.new ?? metadata.old)?.custom === true,
      diffs: metadata.detailedDiff ? Object.keys(metadata.detailedDiff) : (metadata.diffs ?? []),
      milliseconds,
      failed,
    };
    const known = this.steps.get(metadata.urn);
    this.steps.set(metadata.urn, step);
    if (known?.op !== step.op || known.failed !== failed) this.onStep(step);
  }

  private addDiagnostic({ urn, message, severity }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const text = message.trim().replace(PROGRAM_FAILED, "");
    if (text === "" || text.startsWith(EXPECTED_WARNING)) return;
    const list = severity === "error" ? this.errors : severity === "warning" ? this.warnings : undefined;
    if (list === undefined || ECHOES.has(text)) return;
    const resource = urn === "" ? undefined : urn;
    if (!list.some((known) => known.message === text && known.resource === resource)) {
      list.push({ resource, message: text });
    }
  }

  private addViolation(event: NonNullable<EngineEvent["policyEvent"]>): void {
    const violation: PolicyViolation = {
      pack: event.policyPackName,
      policy: event.policyName,
      level: UNDECIDED.test(event.message) ? "undecided" : event.enforcementLevel,
      resource: event.resourceUrn === "" ? undefined : event.resourceUrn,
      message: event.message.trim(),
    };
    const same = (known: PolicyViolation): boolean =>
      known.policy === violation.policy &&
      known.resource === violation.resource &&
      known.message === violation.message;
    if (!this.violations.some(same)) this.violations.push(violation);
  }

  private addPolicies(event: PolicySummaryEvent): void {
    const names = this.policies.get(event.policyPackName) ?? new Set<string>();
    for (const name of [...(event.passed ?? []), ...(event.failed ?? [])]) names.add(name);
    this.policies.set(event.policyPackName, names);
  }
}

/** True for an operation that changes something. */
export function isChange(op: OpType): boolean {
  return op !== "same" && op !== "read" && op !== "refresh";
}
