/** Each trap has a test of the refusal and one of the right way; docs/limits.md has those that cannot be shown offline. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { traps } from "./index";
import { titlesIn, titlesOf } from "./titles";

test.each(traps)("$title: its tests exist", ({ refused, accepted }) => {
  expect(refused.length).toBeGreaterThan(0);
  expect(accepted.length).toBeGreaterThan(0);
  expect([...refused, ...accepted].filter(([file, title]) => !titlesIn(file).has(title))).toEqual([]);
});

test("each trap is listed once", () => {
  const titles = traps.map(({ title }) => title);
  expect(titles.filter((title, index) => titles.indexOf(title) < index)).toEqual([]);
  expect(titles.length).toBeGreaterThanOrEqual(40);
});

test("what cannot be shown says why, and what is done about it", () => {
  const limits = readFileSync(path.resolve(__dirname, "../../../docs/limits.md"), "utf8");
  const rows = [...limits.matchAll(/^\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].slice(2);
  expect(rows.length).toBeGreaterThanOrEqual(8);
  for (const cells of rows) expect(cells.slice(1).filter((cell) => cell.length < 10)).toEqual([]);
});

test("a title counts where it is a test's or a row's, and not where it is skipped or said otherwise", () => {
  const text = `
    const rows = [["first row", 1], { title: "second row" }, { what: "third row" }];
    test("plain", () => { expect("spoken").toBe("spoken"); });
    test.each(rows)("%s of a table", () => undefined);
    test.skip("skipped", () => undefined);
    // test("commented out", () => undefined);
    describe("group", () => undefined);
  `;
  expect([...titlesOf(text)].sort()).toEqual([
    "%s of a table",
    "first row",
    "plain",
    "second row",
    "third row",
  ]);
  expect(titlesIn("emulator/nowhere").size).toBe(0);
});
