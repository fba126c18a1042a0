const tests = require("./jest.config.cjs");

/** @type {import("jest").Config} */
module.exports = { ...tests, testMatch: ["**/*.matrix.ts"], maxWorkers: 2, maxConcurrency: 2 };
