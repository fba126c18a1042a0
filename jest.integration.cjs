const tests = require("./jest.config.cjs");

/** An API that is deployed already, at API_URL. @type {import("jest").Config} */
module.exports = { ...tests, testMatch: ["**/*.integration.ts"], maxWorkers: 1 };
