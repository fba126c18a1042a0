/**
 * Puts the API into dist/server.js with all that it needs, and the drivers of the databases into dist/node_modules, each
 * in one file, from where they are loaded when they are needed. Run by Node.js as it is, in the service's folder.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

const DRIVERS = ["pg", "ioredis"];

/**
 * Modules of packages that are loaded with them and never used here, as empty ones instead. Together they would cost
 * 9 MB of memory from the start on; the test of the built server measures it.
 */
const UNUSED: readonly RegExp[] = [
  // Pushing metrics, which loads the TLS client, and adding up those of several processes.
  /prom-client\/lib\/(pushgateway|cluster)\.js$/,
  // Tables of other charsets than UTF-8, which are refused before they are decoded.
  /iconv-lite\/encodings\/(sbcs-data|sbcs-data-generated|dbcs-data)\.js$/,
  // The content types of files by their extension: every answer says its own.
  /mime-db\/db\.json$/,
];

const withoutUnused: Plugin = {
  name: "without-unused",
  setup(building) {
    for (const filter of UNUSED) building.onLoad({ filter }, () => ({ contents: "{}", loader: "json" }));
  },
};

const common: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node22",
  logLevel: "warning",
  plugins: [withoutUnused],
};

/** Whoever starts the API while it is built anew reads the old file or the new one, never half of one. */
async function bundle(options: BuildOptions): Promise<void> {
  const { outputFiles } = await build({ ...common, ...options, write: false });
  for (const { path, contents } of outputFiles) {
    const unfinished = `${path}.${process.pid}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
}

void bundle({ entryPoints: ["src/server.ts"], external: DRIVERS, outdir: "dist" });
void bundle({
  // Both name themselves as packages that they find, so that their folder is not part of the name.
  entryPoints: DRIVERS.map((name) => ({ in: name, out: name })),
  external: ["pg-native"],
  outdir: "dist/node_modules",
});
