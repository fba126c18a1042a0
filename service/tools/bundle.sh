#!/bin/sh
# Puts the API into dist/server.js with all that it needs, and the drivers of the databases into dist/node_modules, each
# in one file, from where they are loaded when they are needed.
set -eu
bundle() {
  esbuild "$@" --bundle --platform=node --target=node22 --log-level=warning
}
bundle src/server.ts --external:pg --external:@redis/client --outdir=dist
# Both name packages that they use where they find them.
bundle pg=pg @redis/client=@redis/client --external:pg-native --external:@node-rs/xxhash --outdir=dist/node_modules
