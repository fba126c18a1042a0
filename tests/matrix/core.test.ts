/** The six configurations that every run of the tests brings up; `make test-matrix` takes the others. */
import { CYCLE_TIMEOUT, expectWholeCycle } from "./cycle";
import { CORE_STACKS, stackNames } from "./stacks";

test("the core is part of the matrix", () => {
  expect(stackNames()).toEqual(expect.arrayContaining([...CORE_STACKS]));
  expect(stackNames().length).toBeGreaterThanOrEqual(24);
});

test.each(CORE_STACKS)(
  "%s comes up, stays quiet and leaves nothing",
  async (name) => {
    await expectWholeCycle(name);
  },
  CYCLE_TIMEOUT,
);
