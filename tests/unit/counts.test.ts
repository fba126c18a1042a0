import { addCounts, countOfCheck, countOfJest, formatCounts } from "../../tools/counts";

const report = (fields: object) =>
  JSON.stringify({
    ...{ success: true, numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 },
    numRuntimeErrorTestSuites: 0,
    ...fields,
  });

test.each([
  ["all passed", report({}), 0, { passed: 5, failed: 0, skipped: 0 }],
  ["one failed", report({ success: false, numFailedTests: 1 }), 1, { passed: 5, failed: 1, skipped: 0 }],
  [
    "skipped and todo",
    report({ numPendingTests: 2, numTodoTests: 1 }),
    0,
    { passed: 5, failed: 0, skipped: 3 },
  ],
  [
    "a file does not load",
    report({ success: false, numRuntimeErrorTestSuites: 1 }),
    1,
    { passed: 5, failed: 1, skipped: 0 },
  ],
  ["jest fails without a failed test", report({}), 1, { passed: 5, failed: 1, skipped: 0 }],
  ["jest says no success", report({ success: false }), 0, { passed: 5, failed: 1, skipped: 0 }],
  ["no report", undefined, 0, { passed: 0, failed: 1, skipped: 0 }],
])("counts jest's tests: %s", (_name, text, exitCode, counts) => {
  expect(countOfJest(text, exitCode)).toEqual(counts);
});

test("sums and formats", () => {
  const sum = addCounts([
    countOfCheck(0),
    countOfCheck(1),
    countOfCheck(69),
    { passed: 3, failed: 0, skipped: 2 },
  ]);
  expect(formatCounts(sum)).toBe("4 passed, 1 failed, 3 skipped");
  expect(formatCounts(countOfCheck(0))).toBe("1 passed, 0 failed");
});
