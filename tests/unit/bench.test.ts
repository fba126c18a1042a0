import { judge, median, renderVerdicts } from "../../local/bench/result";

test.each([
  [[3], 3],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])("the median of %j is %d", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("no value has no median", () => {
  expect(() => median([])).toThrow("at least one value");
});

test("judges medians by the target of the verb", () => {
  const slow = judge({ verb: "up", platform: [4.2, 9, 4.1], floor: [2, 2, 2] });
  expect(slow).toEqual({ verb: "up", platform: 4.2, floor: 2, ratio: 2.1, target: 2, passed: false });
  const quick = judge({ verb: "preview", platform: [4.9, 5], floor: [2] });
  expect(quick.passed).toBe(true);
  const table = renderVerdicts([slow, quick], 40, 3);
  expect(table).toMatch(/^40 resources, medians of 3 runs\n/);
  expect(table).toMatch(/up +4\.20 s +2\.00 s +2\.10 +<= 2 +FAIL/);
  expect(table).toMatch(/preview .* PASS$/);
});

test("a verb without a target cannot be judged", () => {
  expect(() => judge({ verb: "destroy", platform: [1], floor: [1] })).toThrow("no target for destroy");
});
