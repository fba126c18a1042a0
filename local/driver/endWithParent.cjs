"use strict";
// Preloaded into a policy pack's process: ends it when the engine that started it is gone without a goodbye
// (kill -9), because the pack itself would serve for ever.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 500).unref();
