#!/usr/bin/env bash
# Prepares a subscription for what one stack asks of it; run again, it changes nothing:
#   bootstrap/subscription.sh STACK [--subscription ID] [--address-space CIDR] [--dry-run]
# Goes by the settings of Pulumi.STACK.yaml, completed from its profile:
#   always                     the resource providers that the platform uses
#   network.runnerNetwork      the network that it names, with a subnet for the machines that deploy (GitHub's runners in
#                              your network, or a virtual machine), which has no way out until one is given to it
#   security.encryptionAtHost  the feature EncryptionAtHost
#   security.defender          Microsoft Defender's plan for containers: about $6.87 a month for each vCPU of a node
# All of it is the subscription's, and stays when a stack is destroyed.
# --address-space defaults to 10.14.0.0/24; it must not overlap a region of the stack.
# Needs az, signed in as Contributor of the subscription, and node. --dry-run prints the commands that would change
# something, and calls nothing; it needs --subscription.
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

stack='' subscription='' address_space=10.14.0.0/24
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --dry-run) dry_run=true && shift ;;
    --subscription) require_value "$1" $# && subscription=$2 && shift 2 ;;
    --address-space) require_value "$1" $# && address_space=$2 && shift 2 ;;
    -*) wrong_usage "unknown option $1." ;;
    *) [[ -z $stack ]] || wrong_usage "got a second stack, \"$1\"." && stack=$1 && shift ;;
  esac
done
[[ -n $stack ]] || wrong_usage "got no stack."
if $dry_run; then
  [[ -n $subscription ]] || wrong_usage "--dry-run: got no --subscription."
else
  subscription=${subscription:-$(query az account show --query id --output tsv)}
fi
read_names "$stack" "$subscription"
in_group=(--resource-group "$runner_resource_group" --subscription "$subscription")

create_group() {
  holds az group show --name "$runner_resource_group" --subscription "$subscription" --query id --output tsv ||
    change "Creating the resource group $runner_resource_group" az group create --name "$runner_resource_group" \
      --subscription "$subscription" --location "$location" --tags "${tags[@]}"
}

create_network() {
  holds az network vnet show --name "$runner_network" "${in_group[@]}" --query id --output tsv ||
    change "Creating the network $runner_network" az network vnet create --name "$runner_network" "${in_group[@]}" \
      --location "$location" --address-prefixes "$address_space" --tags "${tags[@]}"
}

create_subnet() {
  holds az network vnet subnet show --name runners --vnet-name "$runner_network" "${in_group[@]}" --query id --output tsv ||
    change "Creating the subnet runners" az network vnet subnet create --name runners --vnet-name "$runner_network" \
      "${in_group[@]}" --address-prefixes "$address_space" --default-outbound-access false
}

# The provider passes a feature on to its resources only once it is registered again, after the feature is.
register_feature() {
  local feature=(--namespace Microsoft.Compute --name EncryptionAtHost --subscription "$subscription")
  if ! holds az feature show "${feature[@]}" --query "properties.state=='Registered' && 'yes' || ''" --output tsv; then
    change "Registering the feature EncryptionAtHost (about 15 minutes)" az feature register "${feature[@]}"
    await_feature "${feature[@]}"
    change "Registering Microsoft.Compute again" az provider register --namespace Microsoft.Compute \
      --subscription "$subscription"
  fi
}

# await_feature OPTION...: waits until the feature is registered, for at most 30 minutes.
await_feature() {
  local attempt
  if $dry_run; then return; fi
  for ((attempt = 0; attempt < 60; attempt++)); do
    holds az feature show "$@" --query "properties.state=='Registered' && 'yes' || ''" --output tsv && return
    sleep "${FEATURE_POLL_SECONDS:-30}"
  done
  fail "the feature EncryptionAtHost: got no registration in 30 minutes." "run this again: it goes on where it stopped."
}

# What a plan has besides its price is left as its owner set it.
buy_plan() {
  local extension extensions=()
  for extension in ContainerRegistriesVulnerabilityAssessments AgentlessDiscoveryForKubernetes ContainerSensor; do
    extensions+=(--extensions "name=$extension" isEnabled=True)
  done
  holds az security pricing show --name Containers --subscription "$subscription" \
    --query "pricingTier=='Standard' && 'yes' || ''" --output tsv ||
    change "Setting Defender's plan for containers to Standard" az security pricing create --name Containers \
      --subscription "$subscription" --tier Standard "${extensions[@]}"
}

register_providers "$subscription"
if [[ -n $runner_network ]]; then
  create_group
  create_network
  create_subnet
  say "Machines in $runner_network/runners can deploy $stack once they have a way out."
fi
if [[ $encryption_at_host == true ]]; then register_feature; fi
if [[ $defender == true ]]; then buy_plan; fi
say "The subscription has what $stack asks of it (runner network: ${runner_network:-none}," \
  "EncryptionAtHost: $encryption_at_host, Defender: $defender)."
