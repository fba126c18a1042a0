const tests = require("./jest.config.cjs");

/** The emulated Kubernetes beside the code of the real one, which takes minutes to build. @type {import("jest").Config} */
module.exports = { ...tests, testMatch: ["**/*.parity.ts"], maxWorkers: 1 };
