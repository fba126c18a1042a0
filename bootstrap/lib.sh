# Shared by the scripts of this folder, which source it.
# shellcheck shell=bash
set -euo pipefail

dry_run=false

# fail PROBLEM FIX: ends the script with status 1.
fail() {
  printf 'error: %s\nFix: %s\n' "$1" "$2" >&2
  exit 1
}

# usage: prints the comment at the head of the script.
usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}

# wrong_usage PROBLEM: ends the script with status 2.
wrong_usage() {
  printf 'error: %s\nFix: follow the usage:\n%s\n' "$1" "$(usage)" >&2
  exit 2
}

say() { printf '%s\n' "$*" >&2; }

# change DESCRIPTION COMMAND...: runs a command that changes something; with --dry-run prints it instead.
change() {
  local description=$1
  shift
  if $dry_run; then
    printf '%s\n' "$(printf '%q ' "$@")"
    return
  fi
  say "$description"
  "$@" >/dev/null || fail "$description: the command failed; its message is above: $(printf '%q ' "$@")" \
    "correct what it says, then run this again: it goes on where it stopped."
}

# holds COMMAND...: whether a query answers with something; a dry run asks nothing, as if nothing were there.
holds() {
  local answer
  if $dry_run; then return 1; fi
  answer=$("$@" 2>/dev/null) && [[ -n $answer && $answer != "[]" && $answer != false ]]
}

# query COMMAND...: the command's answer, which must not be empty.
query() {
  local answer
  answer=$("$@") || fail "$(printf '%q ' "$@") failed; its message is above." "sign in (az login, gh auth login)."
  [[ -n $answer ]] || fail "$(printf '%q ' "$@") answered nothing." "sign in to the right account."
  printf '%s\n' "$answer"
}

# An empty list under `set -u` is an error before bash 4.4 (macOS brings 3.2).
if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -lt 44 ]]; then
  fail "bash: got $BASH_VERSION, allowed: 4.4 or later." "install a newer one (brew install bash)."
fi

# Set by read_names: the names that follow from a stack's settings, and the ARM ids of what keeps its state.
# shellcheck disable=SC2034  # for the scripts that source this file
location='' zones='' resource_group='' shared_resource_group='' account='' vault='' preview_app='' account_id='' vault_id='' tags=()
# shellcheck disable=SC2034
runner_resource_group='' runner_network='' encryption_at_host='' defender=''

# read_names STACK SUBSCRIPTION
read_names() {
  local lines key value providers
  lines=$(node --require @swc-node/register "$(dirname -- "${BASH_SOURCE[0]}")/names.ts" "$1" "$2")
  while IFS='=' read -r key value; do
    case $key in
      tag) tags+=("$value") ;;
      location | zones | resource_group | shared_resource_group | account | vault | preview_app | runner_resource_group | runner_network | encryption_at_host | defender)
        printf -v "$key" '%s' "$value"
        ;;
      *) fail "names.ts: got the key \"$key\"." "restore the file from version control." ;;
    esac
  done <<<"$lines"
  providers=/subscriptions/$2/resourceGroups/$resource_group/providers
  account_id=$providers/Microsoft.Storage/storageAccounts/$account
  vault_id=$providers/Microsoft.KeyVault/vaults/$vault
}

# Resource providers that a stack uses; a new subscription has few of them, and a diagnostic setting, say, fails without
# microsoft.insights (https://learn.microsoft.com/azure/azure-resource-manager/management/azure-services-resource-providers).
resource_providers=(Microsoft.AlertsManagement Microsoft.Authorization Microsoft.Cache Microsoft.Cdn Microsoft.Compute
  Microsoft.Consumption Microsoft.ContainerRegistry Microsoft.ContainerService Microsoft.Dashboard Microsoft.DataProtection
  Microsoft.DBforPostgreSQL Microsoft.DocumentDB Microsoft.Insights Microsoft.KeyVault Microsoft.KubernetesConfiguration
  Microsoft.Logic Microsoft.ManagedIdentity Microsoft.Monitor Microsoft.Network Microsoft.OperationalInsights
  Microsoft.PolicyInsights Microsoft.Security Microsoft.ServiceNetworking Microsoft.Storage)

# register_providers SUBSCRIPTION: registers those of resource_providers that the subscription has not.
register_providers() {
  local name registered=''
  if ! $dry_run; then
    registered=$(query az provider list --subscription "$1" --query "[?registrationState=='Registered'].namespace" --output tsv)
  fi
  for name in "${resource_providers[@]}"; do
    grep --quiet --line-regexp --ignore-case --fixed-strings -- "$name" <<<"$registered" ||
      change "Registering the resource provider $name" az provider register --namespace "$name" --subscription "$1"
  done
}

# grant ROLE PRINCIPAL_ID PRINCIPAL_TYPE SCOPE
grant() {
  holds az role assignment list --role "$1" --scope "$4" --query "[?principalId=='$2'].id" --output tsv ||
    change "Granting $1" az role assignment create --assignee-object-id "$2" --assignee-principal-type "$3" \
      --role "$1" --scope "$4"
}

# grant_state PRINCIPAL_ID PRINCIPAL_TYPE Contributor|Reader: the state's blobs, and the key that encrypts its secrets.
grant_state() {
  grant "Storage Blob Data $3" "$1" "$2" "$account_id"
  grant "Key Vault Crypto User" "$1" "$2" "$vault_id"
}

# require_value OPTION ARGUMENT_COUNT: an option must be followed by its value.
require_value() {
  [[ $2 -ge 2 ]] || wrong_usage "$1: got no value."
}
