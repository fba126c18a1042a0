#!/usr/bin/env bash
# Builds the API's image for the checked-out commit in the stack's registry (ACR Tasks; no Docker needed):
#   ops/ci/build-image.sh STACK
# The tag is the commit's full SHA, and an image with that tag is not built again. Sets the step's output "digest".
# Before the first deployment (and after a destruction) there is no registry: the digest stays empty, and the program
# has the image built itself once the registry exists. Needs PULUMI_BACKEND_URL and a signed-in az.
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

parse_help "$@"
[[ $# -eq 1 ]] || wrong_usage "got $# arguments, allowed: 1."
stack=$1
require_stack "$stack"
require_settings PULUMI_BACKEND_URL
require_commands pulumi az git jq

# leave_to_program WHY
leave_to_program() {
  emit digest ""
  summarise "$1: the program has the image built, as soon as there is a registry."
  exit 0
}

outputs=$(stack_outputs "$stack")
running=$(jq --raw-output '.apiImage // empty' <<<"$outputs")
[[ -n $running ]] || leave_to_program "First deployment of \`$stack\`"
[[ $running =~ ^([a-zA-Z0-9]+)\.[^/]+/([^:@]+):[^@]+@sha256: ]] ||
  fail "the stack's output apiImage: got \"$running\", allowed: host/repository:commit@digest." \
    "deploy the stack once more from a checkout (pulumi up)."
registry=${BASH_REMATCH[1]}
repository=${BASH_REMATCH[2]}
# The outputs of a stack outlive its destruction.
known=$(az acr list --query "[?name=='$registry'].name" --output tsv)
[[ -n $known ]] || leave_to_program "There is no registry \`$registry\`"
commit=$(git rev-parse HEAD)
image=$repository:$commit

# Digest of the image; nothing where there is none. The runs are asked first: a registry without public access answers for
# what it holds inside its networks only. Azure keeps runs for 30 days.
read_digest() {
  local found
  found=$(az acr task list-runs --registry "$registry" --image "$image" --run-status Succeeded \
    --query '[0].outputImages[0].digest' --output tsv) || return 1
  [[ -n $found ]] || found=$(az acr repository show --name "$registry" --image "$image" --query digest --output tsv 2>/dev/null) || true
  printf '%s' "$found"
}

digest=$(read_digest)
if [[ -n $digest ]]; then
  summarise "Image \`$image\` is in \`$registry\` already."
else
  # A private registry is reached by its own agents only.
  pool=$(az acr agentpool list --registry "$registry" --query '[0].name' --output tsv)
  agents=()
  if [[ -n $pool ]]; then agents=(--agent-pool "$pool"); fi
  forward az acr build --registry "$registry" --image "$image" --platform linux/amd64 "${agents[@]}" \
    --build-arg "GIT_SHA=$commit" service
  digest=$(read_digest)
  summarise "Built \`$image\` in \`$registry\`${pool:+ on the agents \`$pool\`}."
fi
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] ||
  fail "the digest of $image in $registry: got \"$digest\", allowed: sha256: and 64 hexadecimal digits." \
    "look at the registry's last run: az acr task list-runs --registry $registry."
emit digest "$digest"
