/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  // Most of a test is other processes' work: the engine, the driver, tools.
  maxWorkers: 2,
  // Most take milliseconds. On a busy machine nothing should fail for being late.
  testTimeout: 60_000,
  transform: { "^.+\\.ts$": "@swc/jest" },
  cacheDirectory: "<rootDir>/.local/jest",
  modulePathIgnorePatterns: ["<rootDir>/.local/", "<rootDir>/.tools/"],
};
