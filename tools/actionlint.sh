#!/bin/sh
# Checks the GitHub workflows with actionlint:
#   tools/actionlint.sh [actionlint's options and files]
# Without arguments it checks .github/workflows. actionlint is built once, from the Go module in tools/actionlint
# (its go.mod is the pin), into .tools/bin. Without Go it ends with 69: not available on this machine.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
module=$root/tools/actionlint
binary=$root/.tools/bin/actionlint

fail() {
  printf 'error: %s\nFix: %s\n' "$1" "$2" >&2
  exit "${3:-1}"
}

pin=$(sed -n 's|^require github.com/rhysd/actionlint v||p' "$module/go.mod")
[ -n "$pin" ] || fail "$module/go.mod pins no version of github.com/rhysd/actionlint." \
  "restore the file from version control."

# The version that is built already; nothing where there is none.
built=$("$binary" -version 2>/dev/null | sed -n '1s/^v//p' || true)
if [ "$built" != "$pin" ]; then
  command -v go >/dev/null 2>&1 || fail "actionlint $pin has to be built with Go, and there is no go on the PATH." \
    "install Go (https://go.dev/doc/install), or put actionlint $pin at .tools/bin/actionlint." 69
  printf 'actionlint %s: building it with Go (about 20 seconds, once)\n' "$pin" >&2
  mkdir -p "$root/.tools/bin"
  (cd "$module" && go build -trimpath -ldflags "-s -w -X github.com/rhysd/actionlint.version=v$pin" \
    -o "$binary" github.com/rhysd/actionlint/cmd/actionlint) ||
    fail "go could not build actionlint $pin; its message is above." \
      "check the network or the GOPROXY setting, then run this again."
fi

# Shell and Python checkers are left out: whether they are installed would change the result.
cd "$root"
exec "$binary" -shellcheck= -pyflakes= "$@"
