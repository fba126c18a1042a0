/** A program that waits for itself: two resources of which each needs the other first, or a promise that never ends. */
import { createRequire } from "node:module";

import { UserError } from "./errors";

/** What the engine is doing, as far as the driver is told. */
export interface Activity {
  /** Goes up with everything that the engine tells of. */
  readonly events: number;
  /** Resources that a provider is at work on. */
  readonly underWay: number;
}

/** Long against every pause that a working engine takes between two resources, on a busy machine too. */
export const STALL_SECONDS = 30;

const load = createRequire(__filename);

/** The part of the SDK that its own language host asks when a program ends with promises left open. */
interface Debuggable {
  readonly leakedPromises: () => [ReadonlySet<unknown>, string];
}

export interface StallWatch {
  /** Rejects once the engine has stood still for the time allowed; stays pending otherwise. */
  readonly stalled: Promise<never>;
  readonly stop: () => void;
}

/**
 * The official host is a process of its own, which ends when nothing is left that could go on, and says so. This
 * process serves the clouds too and never ends by itself, so stillness is what tells.
 *
 * @param seconds how long the engine may stand still while the program runs
 */
export function watchForStall(activity: Activity, seconds = STALL_SECONDS): StallWatch {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    let known = activity.events;
    let still = 0;
    // Counted in ticks and not by the clock: a tick that comes late, after long work of this process, is one tick.
    timer = setInterval(() => {
      const moved = activity.underWay > 0 || activity.events !== known;
      known = activity.events;
      still = moved ? 0 : still + 1;
      if (still >= seconds) reject(new UserError(describeStall(seconds)));
    }, 1000);
  });
  return {
    stalled,
    stop: () => {
      clearInterval(timer);
    },
  };
}

function describeStall(seconds: number): string {
  const { leakedPromises } = load("@pulumi/pulumi/runtime/debuggable") as Debuggable;
  const [, message] = leakedPromises();
  return [
    `the program waits for itself: it has not ended, and the engine has had nothing to do for ${seconds} s.`,
    "Fix: break the circle below; no input, parent or dependsOn of a resource may come from what waits for it.",
    message,
  ].join("\n");
}
