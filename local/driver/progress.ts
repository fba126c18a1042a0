import type { Step } from "./record";
import { nameOf, typeOf } from "./state";

/** Receives the steps of an operation while it runs. */
export interface Progress {
  step(step: Step): void;
  note(line: string): void;
}

const SYMBOLS: Readonly<Partial<Record<Step["op"], string>>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "+-",
  "create-replacement": "++",
  "delete-replaced": "--",
  same: " ",
};
/** Seconds between two lines of the compact form. */
const TICK_SECONDS = 2;

/** One line for each changed resource on a terminal; elsewhere one short line every two seconds. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? lines(stream) : ticker(stream);
}

function lines(stream: NodeJS.WriteStream): Progress {
  return {
    step: (step) => {
      if (step.op === "same" || step.op === "read") return;
      const took = step.milliseconds === undefined ? "" : ` ${Math.round(step.milliseconds)} ms`;
      const symbol = step.failed ? "!" : (SYMBOLS[step.op] ?? step.op);
      const diffs = step.op === "update" && step.diffs.length > 0 ? ` [${step.diffs.join(", ")}]` : "";
      stream.write(`  ${symbol.padEnd(2)} ${typeOf(step.urn)} ${nameOf(step.urn)}${diffs}${took}\n`);
    },
    note: (line) => stream.write(`${line}\n`),
  };
}

function ticker(stream: NodeJS.WriteStream): Progress {
  let done = 0;
  let last = performance.now();
  return {
    step: (step) => {
      done += 1;
      const now = performance.now();
      if (now - last < TICK_SECONDS * 1000) return;
      last = now;
      stream.write(`  ${done} resources done, last: ${nameOf(step.urn)}\n`);
    },
    note: (line) => stream.write(`${line}\n`),
  };
}
