#!/usr/bin/env bash
# Lets GitHub's workflows deploy and preview one stack, after its first `pulumi up`; run again, it changes nothing:
#   bootstrap/github.sh STACK --repository OWNER/NAME [--reviewer LOGIN] [--subscription ID] [--dry-run]
# The stack itself makes the identity that deploys it (configuration delivery.github). This adds what the stack cannot
# make: access to its own state, an identity for pull requests that may only read, and the repository's
# environments STACK (branch main only; LOGIN must approve, if given) and STACK-preview with their variables.
# Needs az (signed in as Owner), gh (signed in as the repository's admin), pulumi (logged in to the state), jq, node.
# --dry-run prints the commands that would change something, and calls nothing; it needs --subscription.
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

stack='' repository='' reviewer='' subscription=''
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --dry-run) dry_run=true && shift ;;
    --repository) require_value "$1" $# && repository=$2 && shift 2 ;;
    --reviewer) require_value "$1" $# && reviewer=$2 && shift 2 ;;
    --subscription) require_value "$1" $# && subscription=$2 && shift 2 ;;
    -*) wrong_usage "unknown option $1." ;;
    *) [[ -z $stack ]] || wrong_usage "got a second stack, \"$1\"." && stack=$1 && shift ;;
  esac
done
[[ -n $stack ]] || wrong_usage "got no stack."
[[ $repository =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]] ||
  wrong_usage "--repository: got \"$repository\", allowed: OWNER/NAME."
$dry_run && [[ -z $subscription ]] && wrong_usage "--dry-run: got no --subscription, from which the names follow."

# What the stack and the accounts answer; placeholders in a dry run.
client_id='<client id of the deploying identity>' principal_id='<its object id>' tenant='<tenant id>'
groups=('<resource group of a region>') clusters=('<cluster of that region>') subject_prefix=repo:$repository
reviewer_id="<id of $reviewer>" preview_client='<client id of the previewing identity>' preview_principal='<its object id>'

read_stack() {
  local outputs
  outputs=$(query pulumi stack output --stack "$stack" --json)
  client_id=$(jq --raw-output '.githubClientId // empty' <<<"$outputs")
  mapfile -t groups < <(jq --raw-output '.regions // [] | .[].resourceGroupName // empty' <<<"$outputs")
  mapfile -t clusters < <(jq --raw-output '.regions // [] | .[].clusterName // empty' <<<"$outputs")
  [[ -n $client_id && ${#groups[@]} -gt 0 && ${#groups[@]} -eq ${#clusters[@]} ]] ||
    fail "the stack's outputs githubClientId and regions: got \"$client_id\" and ${#groups[@]} resource groups with ${#clusters[@]} clusters, allowed: an id, and a group and a cluster for each region." \
      "set delivery.github in Pulumi.$stack.yaml, then deploy the stack once by hand (docs/runbooks/ci.md)."
}

read_accounts() {
  subscription=${subscription:-$(query az account show --query id --output tsv)}
  tenant=$(query az account show --query tenantId --output tsv)
  principal_id=$(query az ad sp show --id "$client_id" --query id --output tsv)
  # Repositories made or renamed since July 2026 put numeric ids into their tokens' subject.
  subject_prefix=$(query gh api "repos/$repository/actions/oidc/customization/sub" --jq ".sub_claim_prefix // \"repo:$repository\"")
  if [[ -n $reviewer ]]; then reviewer_id=$(query gh api "users/$reviewer" --jq .id); fi
}

# The trust that the stack made must be the one that the repository's tokens ask for.
check_trust() {
  local wanted=$subject_prefix:environment:$stack trusted
  trusted=$(query az ad app federated-credential list --id "$client_id" --query '[].subject' --output tsv)
  grep --quiet --line-regexp --fixed-strings -- "$wanted" <<<"$trusted" ||
    fail "the stack's delivery.github trusts \"$(paste -sd' ' <<<"$trusted")\", allowed: \"$wanted\", the subject of $repository's tokens." \
      "set delivery.github to repository \"${subject_prefix#repo:}\" and environment \"$stack\" in Pulumi.$stack.yaml, then deploy by hand."
}

find_preview_app() { az ad app list --display-name "$preview_app" --query '[].appId' --output tsv; }

find_preview_principal() { az ad sp show --id "$preview_client" --query id --output tsv; }

# Sets preview_client and preview_principal.
create_preview_identity() {
  local subject=$subject_prefix:environment:$stack-preview trust
  holds find_preview_app || change "Creating the application $preview_app" az ad app create \
    --display-name "$preview_app" --sign-in-audience AzureADMyOrg
  if ! $dry_run; then preview_client=$(query find_preview_app); fi
  holds find_preview_principal || change "Creating its service principal" az ad sp create --id "$preview_client"
  if ! $dry_run; then preview_principal=$(query find_preview_principal); fi
  trust=$(jq --null-input --compact-output --arg name "github-$stack-preview" --arg subject "$subject" \
    '{$name, issuer: "https://token.actions.githubusercontent.com", $subject, audiences: ["api://AzureADTokenExchange"]}')
  holds az ad app federated-credential list --id "$preview_client" --query "[?subject=='$subject'].id" --output tsv ||
    change "Trusting $subject" az ad app federated-credential create --id "$preview_client" --parameters "$trust"
}

# create_environment NAME [SETTING...]: settings as gh api's --field takes them.
create_environment() {
  local name=$1 setting fields=()
  shift
  for setting in "$@"; do fields+=(--field "$setting"); done
  change "Setting the environment $name" gh api --method PUT "repos/$repository/environments/$name" "${fields[@]}"
}

# environment_has NAME FILTER: whether the environment exists and jq's FILTER finds something in it.
environment_has() { holds gh api "repos/$repository/environments/$1" --jq "$2"; }

# What GitHub would forget where a PUT leaves it out: other reviewers, the time to wait, who may not approve.
kept_rules() {
  if $dry_run; then return; fi
  gh api "repos/$repository/environments/$stack" --jq '.protection_rules // [] | .[] |
    if .type == "wait_timer" then "wait_timer=\(.wait_timer)"
    elif .type == "required_reviewers" then
      "prevent_self_review=\(.prevent_self_review // false)",
      (.reviewers[] | "reviewers[][type]=\(.type)", "reviewers[][id]=\(.reviewer.id)")
    else empty end' 2>/dev/null || true
}

create_stack_environment() {
  local approval=() kept=()
  if [[ -z $reviewer ]] && environment_has "$stack" .id; then return; fi
  if [[ -n $reviewer ]]; then
    environment_has "$stack" ".protection_rules // [] | .[] | select(.type == \"required_reviewers\") | .reviewers[] |
      select(.type == \"User\" and .reviewer.id == $reviewer_id) | .reviewer.id" && return
    approval=("reviewers[][type]=User" "reviewers[][id]=$reviewer_id")
  fi
  mapfile -t kept < <(kept_rules)
  create_environment "$stack" "deployment_branch_policy[protected_branches]=false" \
    "deployment_branch_policy[custom_branch_policies]=true" "${kept[@]}" "${approval[@]}"
}

# set_variable ENVIRONMENT NAME VALUE
set_variable() {
  holds gh variable list --env "$1" --repo "$repository" --json name,value --jq \
    ".[] | select(.name == \"$2\" and .value == \"$3\") | .name" ||
    change "Setting $2 of $1" gh variable set "$2" --env "$1" --repo "$repository" --body "$3"
}

# set_variables ENVIRONMENT CLIENT_ID
set_variables() {
  set_variable "$1" AZURE_CLIENT_ID "$2"
  set_variable "$1" AZURE_TENANT_ID "$tenant"
  set_variable "$1" AZURE_SUBSCRIPTION_ID "$subscription"
  set_variable "$1" PULUMI_BACKEND_URL "azblob://state?storage_account=$account"
}

# Adds the stack to the repository's list of those that live in Azure, which the workflows go by.
list_stack() {
  local current='[]'
  if ! $dry_run; then
    current=$(gh variable list --repo "$repository" --json name,value --jq '.[] | select(.name == "AZURE_STACKS") | .value')
  fi
  jq --exit-status --arg stack "$stack" 'index($stack)' <<<"${current:-[]}" >/dev/null ||
    change "Adding $stack to AZURE_STACKS" gh variable set AZURE_STACKS --repo "$repository" \
      --body "$(jq --compact-output --arg stack "$stack" '. + [$stack] | sort' <<<"${current:-[]}")"
}

if ! $dry_run; then
  read_stack
  read_accounts
  check_trust
fi
read_names "$stack" "$subscription"
group_scope=/subscriptions/$subscription/resourceGroups

grant_state "$principal_id" ServicePrincipal Contributor
create_preview_identity
grant_state "$preview_principal" ServicePrincipal Reader
grant "Reader" "$preview_principal" ServicePrincipal "$group_scope/$shared_resource_group"
if [[ -n $runner_network ]]; then
  grant "Reader" "$preview_principal" ServicePrincipal \
    "$group_scope/$runner_resource_group/providers/Microsoft.Network/virtualNetworks/$runner_network"
fi
for index in "${!groups[@]}"; do
  grant "Reader" "$preview_principal" ServicePrincipal "$group_scope/${groups[$index]}"
  cluster_scope=$group_scope/${groups[$index]}/providers/Microsoft.ContainerService/managedClusters/${clusters[$index]}
  grant "Azure Kubernetes Service Cluster User Role" "$preview_principal" ServicePrincipal "$cluster_scope"
  grant "Azure Kubernetes Service RBAC Reader" "$preview_principal" ServicePrincipal "$cluster_scope"
done

create_stack_environment
holds gh api "repos/$repository/environments/$stack/deployment-branch-policies" --jq '.branch_policies[].name' ||
  change "Allowing branch main only" gh api --method POST \
    "repos/$repository/environments/$stack/deployment-branch-policies" --field name=main
environment_has "$stack-preview" .id || create_environment "$stack-preview"
set_variables "$stack" "$client_id"
set_variables "$stack-preview" "$preview_client"
list_stack
say "GitHub can deploy $stack (environment $stack) and preview it (environment $stack-preview)."
