/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  // Most of a test is other processes' work: the engine, the driver, tools.
  maxWorkers: 2,
  transform: { "^.+\\.ts$": "@swc/jest" },
  cacheDirectory: "<rootDir>/.local/jest",
  modulePathIgnorePatterns: ["<rootDir>/.local/", "<rootDir>/.tools/"],
};
