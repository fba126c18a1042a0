"use strict";
// Preloaded into the driver and into policy packs: puts off loading the npm client that @pulumi/pulumi brings along to
// serialize closures (runtime/closure/codePaths.js), until something of it is used. Nothing here serializes one, and
// loading it takes a quarter of a second of every start.
const Module = require("node:module");

const LAZY = "@npmcli/arborist";
const load = Module._load;

Module._load = function loadLazily(request, parent, isMain) {
  const loadNow = () => load.call(this, request, parent, isMain);
  if (request !== LAZY) return loadNow();
  let loaded;
  // `__esModule` keeps TypeScript's import helpers from copying every property, which would load it.
  return new Proxy({}, { get: (_, key) => key === "__esModule" || (loaded ??= loadNow())[key] });
};
