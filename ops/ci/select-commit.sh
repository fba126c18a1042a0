#!/usr/bin/env bash
# Checks out the commit to deploy:
#   ops/ci/select-commit.sh [COMMIT]
# COMMIT (a full SHA) must be part of the branch that is checked out: the environment deploys that branch only, and a commit
# from anywhere else was reviewed by nobody. Without COMMIT the checkout stays as it is. Sets the step's output "commit".
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

parse_help "$@"
[[ $# -le 1 ]] || wrong_usage "got $# arguments, allowed: at most 1."
commit=${1:-}
require_commands git
if [[ -n $commit ]]; then
  [[ $commit =~ ^[0-9a-f]{40}$ ]] ||
    fail "commit: got \"$commit\", allowed: a full commit SHA, 40 hexadecimal digits." "pass the SHA that git log shows."
  git merge-base --is-ancestor "$commit" HEAD 2>/dev/null ||
    fail "commit: got $commit, allowed: a commit of the branch that is checked out ($(git rev-parse HEAD))." \
      "merge it first, or name a commit that was deployed before."
  git checkout --quiet --detach "$commit"
fi
emit commit "$(git rev-parse HEAD)"
