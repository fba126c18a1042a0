#!/usr/bin/env bash
# Destroys one stack's platform:
#   ops/ci/destroy.sh STACK CONFIRMATION
# CONFIRMATION must be the stack's name. What carries the workflow's own access (its Entra application, and the
# resource group that its roles are on) stays: an identity cannot delete the right by which it deletes. It costs
# nothing, and whoever bootstrapped the stack removes it with `pulumi destroy`. Needs PULUMI_BACKEND_URL.
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

parse_help "$@"
[[ $# -eq 2 ]] || wrong_usage "got $# arguments, allowed: 2."
stack=$1
confirmation=$2
require_stack "$stack"
[[ $confirmation == "$stack" ]] ||
  fail "confirmation: got \"$confirmation\", allowed: \"$stack\", the name of the stack to destroy." \
    "start the workflow again and type the stack's name."
require_settings PULUMI_BACKEND_URL
require_commands pulumi jq

with_lock pulumi destroy --yes --stack "$stack" --non-interactive --color never --suppress-outputs \
  --exclude '**platform:azure:GithubDelivery**'

resources=$(pulumi stack export --stack "$stack")
mapfile -t left < <(jq --raw-output '
  .deployment.resources // [] | .[] | select(.custom and (.type | startswith("pulumi:") | not)) | .urn' <<<"$resources")
if [[ ${#left[@]} -eq 0 ]]; then
  summarise "Destroyed \`$stack\`: nothing is left."
else
  summarise "Destroyed the platform of \`$stack\`. Left, free of charge, is what this workflow signs in with:" "" \
    "${left[@]/#/- }" "" "To remove it too, run \`pulumi destroy --stack $stack\` by hand."
fi
