#!/usr/bin/env bash
# Deploys one stack with the policy pack on:
#   ops/ci/deploy.sh STACK [DIGEST]
# DIGEST (sha256:...) is an image of the checked-out commit that the stack's registry holds already; without one the
# program has the image built from GITHUB_REPOSITORY. Pulumi plans first and stops before any change where a
# policy or the configuration refuses the plan. Sets the step's outputs "url" and "image". Needs PULUMI_BACKEND_URL.
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

parse_help "$@"
[[ $# -eq 1 || $# -eq 2 ]] || wrong_usage "got $# arguments, allowed: 1 or 2."
stack=$1
digest=${2:-}
require_stack "$stack"
require_settings PULUMI_BACKEND_URL
require_commands pulumi jq

image=()
if [[ -n $digest ]]; then
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] ||
    fail "digest: got \"$digest\", allowed: sha256: and 64 hexadecimal digits." \
      "pass the output of ops/ci/build-image.sh."
  image=("api.image.digest=$digest")
elif [[ -n ${GITHUB_REPOSITORY:-} ]]; then
  image=("api.image.sourceRepository=${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY.git")
fi

configure "$stack" "${image[@]}"
with_lock pulumi up --yes --stack "$stack" --policy-pack policy-pack \
  --policy-pack-config policy-pack/exemptions.json --non-interactive --color never --suppress-outputs \
  --message "${GITHUB_REPOSITORY:-local} ${GITHUB_SHA:-}"

outputs=$(stack_outputs "$stack")
url=$(jq --raw-output '.apiUrl // empty' <<<"$outputs")
running=$(jq --raw-output '.apiImage // empty' <<<"$outputs")
[[ -n $url && -n $running ]] ||
  fail "the stack's outputs apiUrl and apiImage: got \"$url\" and \"$running\", allowed: both set." \
    "see the messages of pulumi up above."
emit url "$url"
emit image "$running"
summarise "Deployed \`$stack\`: <$url> runs \`$running\`."
