/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": "@swc/jest" },
  cacheDirectory: "<rootDir>/.local/jest",
  modulePathIgnorePatterns: ["<rootDir>/.local/", "<rootDir>/.tools/"],
};
