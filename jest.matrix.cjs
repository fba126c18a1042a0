const tests = require("./jest.config.cjs");

/** @type {import("jest").Config} */
module.exports = { ...tests, testMatch: ["**/*.matrix.ts"], maxConcurrency: 2 };
