#!/usr/bin/env bash
# Runs what takes too long for every change, on one of GitHub's machines:
#   ops/ci/nightly.sh bench|cluster|fuzz|soak
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

parse_help "$@"
[[ $# -eq 1 ]] || wrong_usage "got $# arguments, allowed: 1."
require_commands make sudo
case "$1" in
  # Network namespaces and control groups are root's.
  cluster) exec sudo env "PATH=$PATH" make test-cluster ;;
  bench | fuzz | soak)
    sudo apt-get update --quiet
    sudo apt-get install --quiet --yes --no-install-recommends wrk
    exec make "$1"
    ;;
  *) wrong_usage "got \"$1\", allowed: bench, cluster, fuzz, soak." ;;
esac
