/** Ports of the loopback interface for what tests start. */
import { firstFreePort } from "../../local/kubernetes/node/ports";

/** Below what the system gives to connections (from 32768 on Linux) and to node ports (from 30000). */
const FIRST = 20_000;
const WORKERS = 8;
const PORTS_EACH = 1_250;
/** Room for the Services after the first, which get the next ports. */
const STEP = 10;

let next = Math.floor((Math.random() * PORTS_EACH) / STEP);

/** A port that stays free until the test opens it: no connection gets it, and no other worker of jest. */
export function reservePort(): Promise<number> {
  const worker = Number(process.env["JEST_WORKER_ID"] ?? "1") % WORKERS;
  const offset = (next * STEP) % PORTS_EACH;
  next += 1;
  return firstFreePort(FIRST + worker * PORTS_EACH + offset);
}
