import { execFileSync } from "node:child_process";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../local/driver/layout";

const PRELOAD = path.join(REPOSITORY_ROOT, "local/driver/lazyModules.cjs");

function evaluate(code: string): unknown {
  const script = `
    const isLoaded = () => Object.keys(require.cache).some((file) => file.includes("/@npmcli/arborist/"));
    const helpers = require("@pulumi/pulumi/runtime/closure/codePaths");
    process.stdout.write(JSON.stringify(${code}));`;
  const args = ["--require", PRELOAD, "--eval", script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: REPOSITORY_ROOT, encoding: "utf8" }));
}

test("the SDK's closure support is there without the npm client that it needs", () => {
  expect(evaluate("[typeof helpers.computeCodePaths, isLoaded()]")).toEqual(["function", false]);
});

test("the npm client is loaded when something of it is used", () => {
  const code = '[typeof require("@npmcli/arborist").Arborist, isLoaded()]';
  expect(evaluate(code)).toEqual(["function", true]);
});

test("without the preload the SDK loads it at once", () => {
  const script = `
    require("@pulumi/pulumi");
    process.stdout.write(String(Object.keys(require.cache).some((file) => file.includes("/@npmcli/arborist/"))));`;
  const args = ["--eval", script];
  expect(execFileSync(process.execPath, args, { cwd: REPOSITORY_ROOT, encoding: "utf8" })).toBe("true");
});
