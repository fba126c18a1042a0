#!/usr/bin/env bash
# Previews one stack with the policy pack on, for a pull request:
#   ops/ci/preview.sh STACK FOLDER
# Writes what Pulumi says to FOLDER/STACK.txt and its exit status to FOLDER/STACK.status, and ends with that status.
# The API keeps the image that it runs now: a merge builds the new one, and a preview is to show everything else.
# Needs PULUMI_BACKEND_URL; changes nothing.
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

parse_help "$@"
[[ $# -eq 2 ]] || wrong_usage "got $# arguments, allowed: 2."
stack=$1
folder=$2
require_stack "$stack"
require_settings PULUMI_BACKEND_URL
require_commands pulumi jq
mkdir -p "$folder"

# running_image OUTPUTS: settings that keep the image of `host/repository:commit@digest`, one a line.
running_image() {
  local image
  image=$(jq --raw-output '.apiImage // empty' <<<"$1")
  if [[ $image =~ :([0-9a-f]{40})@(sha256:[0-9a-f]{64})$ ]]; then
    printf '%s\n' "api.image.commit=${BASH_REMATCH[1]}" "api.image.digest=${BASH_REMATCH[2]}"
  fi
}

preview() {
  local outputs image=()
  # Errors do not end a function whose status is looked at, so it says where it ends.
  outputs=$(stack_outputs "$stack") || return 1
  mapfile -t image < <(running_image "$outputs")
  configure "$stack" "${image[@]}" || return 1
  pulumi preview --stack "$stack" --policy-pack policy-pack \
    --policy-pack-config policy-pack/exemptions.json --non-interactive --color never --suppress-outputs
}

status=0
(preview) 2>&1 | tee "$folder/$stack.txt" || status=$?
printf '%s\n' "$status" >"$folder/$stack.status"
exit "$status"
