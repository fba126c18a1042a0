const tests = require("./jest.config.cjs");

/** One cluster is all that a machine runs. @type {import("jest").Config} */
module.exports = { ...tests, testMatch: ["**/*.cluster.ts"], maxWorkers: 1 };
