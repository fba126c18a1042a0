#!/usr/bin/env bash
# Runs what takes too long for every change, on one of GitHub's machines:
#   ops/ci/nightly.sh bench|cluster|fuzz|parity|soak
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

parse_help "$@"
[[ ${1:-} =~ ^(bench|cluster|fuzz|parity|soak)$ ]] || wrong_usage "got \"${1:-}\", allowed: bench, cluster, fuzz, parity, soak."
require_commands make sudo
# Network namespaces and control groups are root's.
if [[ $1 == cluster ]]; then exec sudo env "PATH=$PATH" make test-cluster; fi
if [[ $1 == parity ]]; then exec make test-parity; fi
sudo apt-get update --quiet
sudo apt-get install --quiet --yes --no-install-recommends wrk
exec make "$1"
