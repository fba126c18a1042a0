# Shared by the scripts of this folder, which source it.
# shellcheck shell=bash
set -euo pipefail

# fail PROBLEM FIX: ends the script with status 1.
fail() {
  printf 'error: %s\nFix: %s\n' "$1" "$2" >&2
  exit 1
}

# usage: prints the comment at the head of the script.
usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}

# parse_help ARGUMENT...: answers --help.
parse_help() {
  case ${1:-} in
    -h | --help)
      usage
      exit 0
      ;;
  esac
}

# wrong_usage PROBLEM: ends the script with status 2.
wrong_usage() {
  printf 'error: %s\nFix: follow the usage:\n%s\n' "$1" "$(usage)" >&2
  exit 2
}

# require_stack STACK: the project must have a settings file for it.
require_stack() {
  if [[ $1 =~ ^[A-Za-z0-9_.-]+$ && -f Pulumi.$1.yaml ]]; then return; fi
  local known
  known=$(find . -maxdepth 1 -name 'Pulumi.*.yaml' | sed 's|^\./Pulumi\.\(.*\)\.yaml$|\1|' | sort | paste -sd, -)
  fail "stack: got \"$1\", allowed: ${known:-none, there is no Pulumi.<stack>.yaml in $PWD}." \
    "name one of these, and run this from the repository's root folder."
}

# require_settings NAME...: environment variables that the GitHub environment must set.
require_settings() {
  local name
  for name in "$@"; do
    [[ -n ${!name:-} ]] ||
      fail "$name: got nothing, allowed: the value of the GitHub environment's variable of that name." \
        "set the environment's variables with bootstrap/github.sh (docs/runbooks/ci.md)."
  done
}

# require_commands NAME...
require_commands() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 || fail "$name is not on the PATH." "install $name."
  done
}

# emit NAME VALUE: an output of the workflow's step; on a terminal, a line.
emit() {
  printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/stdout}"
}

# summarise LINE...: for people, on the page of the workflow's run.
summarise() {
  printf '%s\n' "$@" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
}

# forward COMMAND...: runs a command, passes INT and TERM on to it and waits for its end. GitHub signals a step's first process
# only, and ends the rest 10 seconds later: Pulumi would leave its lock and its operations as they were. The first signal
# lets Pulumi finish what is under way, the second ends it at once with its state saved.
forward() {
  local child status=0 signalled=true
  # With job control the child has its own process group, and does not start with INT ignored.
  set -m
  "$@" &
  child=$!
  set +m
  trap 'signalled=true; kill -INT "$child" 2>/dev/null' INT
  trap 'signalled=true; kill -TERM "$child" 2>/dev/null' TERM
  # A trapped signal ends `wait` before the child has ended.
  while $signalled; do
    signalled=false status=0
    wait "$child" || status=$?
  done
  trap - INT TERM
  return "$status"
}

# with_lock COMMAND...: as `forward`, and where another run holds the stack's lock, tries again for up to LOCK_WAIT_SECONDS.
with_lock() {
  local status=0 messages deadline=$((SECONDS + ${LOCK_WAIT_SECONDS:-1800}))
  messages=$(mktemp)
  while :; do
    status=0
    forward "$@" 2>"$messages" || status=$?
    cat "$messages" >&2
    if [[ $status -eq 0 || $SECONDS -ge $deadline ]] || ! grep --quiet 'stack is currently locked' "$messages"; then break; fi
    printf 'Another run holds the stack; trying again in %s s.\n' "${LOCK_POLL_SECONDS:-30}" >&2
    sleep "${LOCK_POLL_SECONDS:-30}"
  done
  rm -f "$messages"
  return "$status"
}

# stack_outputs STACK: the stack's outputs as one JSON object, secrets masked.
stack_outputs() {
  pulumi stack output --stack "$1" --json ||
    fail "the outputs of stack \"$1\" cannot be read from ${PULUMI_BACKEND_URL:-the current backend}; Pulumi's message is above." \
      "create the stack first (docs/runbooks/state.md), and give this identity access to the state (bootstrap/github.sh)."
}

# configure STACK KEY=VALUE...: settings of this run, in the checkout's copy of the stack's file, which nobody commits.
# `pulumi up --config-path --config a.b=c` would drop everything else that the stack's file has under `a`.
# kubelogin takes the workflow's own token, which it can renew; the token that `az` holds cannot be renewed once the
# workflow's first one has expired (Entra error AADSTS700024).
configure() {
  local stack=$1 setting settings=()
  shift
  for setting in access.kubelogin=workloadidentity "$@"; do settings+=(--plaintext "$setting"); done
  pulumi config set-all --stack "$stack" --path "${settings[@]}" ||
    fail "the settings of stack \"$stack\" cannot be written; Pulumi's message is above." \
      "check that Pulumi.$stack.yaml is there and that the identity may read the state."
}
