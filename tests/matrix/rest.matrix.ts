/** The configurations beside the core, two at a time. */
import { CYCLE_TIMEOUT, expectWholeCycle } from "./cycle";
import { CORE_STACKS, stackNames } from "./stacks";

const REST = stackNames().filter((name) => !CORE_STACKS.includes(name));

test.concurrent.each(REST)(
  "%s comes up, stays quiet and leaves nothing",
  async (name) => {
    await expectWholeCycle(name);
  },
  CYCLE_TIMEOUT,
);
