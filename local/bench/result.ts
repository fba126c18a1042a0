/** What a benchmark measured, and how it is judged. */
export interface Measurement {
  readonly verb: string;
  /** Seconds of each run of the platform, process start to process end. */
  readonly platform: readonly number[];
  /** Seconds of each run of the bare engine. */
  readonly floor: readonly number[];
}

export interface Verdict {
  readonly verb: string;
  /** Medians, in seconds. */
  readonly platform: number;
  readonly floor: number;
  /** Platform over floor. */
  readonly ratio: number;
  readonly target: number;
  readonly passed: boolean;
}

/** How many times the bare engine's time the platform may take. */
export const TARGETS: Readonly<Record<string, number>> = { preview: 2.5, up: 2 };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("a median needs at least one value");
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

export function judge({ verb, platform, floor }: Measurement): Verdict {
  const target = TARGETS[verb];
  if (target === undefined)
    throw new Error(`no target for ${verb}, allowed: ${Object.keys(TARGETS).join(", ")}`);
  const [mine, bare] = [median(platform), median(floor)];
  const ratio = mine / bare;
  return { verb, platform: mine, floor: bare, ratio, target, passed: ratio <= target };
}

export function renderVerdicts(verdicts: readonly Verdict[], resources: number, runs: number): string {
  const rows = verdicts.map(({ verb, platform, floor, ratio, target, passed }) =>
    [
      verb.padEnd(9),
      `${platform.toFixed(2)} s`.padStart(10),
      `${floor.toFixed(2)} s`.padStart(12),
      ratio.toFixed(2).padStart(7),
      `<= ${target}`.padStart(8),
      passed ? "  PASS" : "  FAIL",
    ].join(""),
  );
  return [
    `${resources} resources, medians of ${runs} runs`,
    `${"".padEnd(9)}${"platform".padStart(10)}${"bare engine".padStart(12)}${"ratio".padStart(7)}${"target".padStart(8)}`,
    ...rows,
  ].join("\n");
}
