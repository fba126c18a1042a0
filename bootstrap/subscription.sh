#!/usr/bin/env bash
# Prepares a subscription for what one stack asks of it; run again, it changes nothing:
#   bootstrap/subscription.sh STACK [--subscription ID] [--address-space CIDR] [--dry-run]
# Goes by the settings of Pulumi.STACK.yaml, completed from its profile:
#   network.runnerNetwork      the network that it names, with a subnet for the machines that deploy (GitHub's runners in
#                              a network of one's own, or a virtual machine), which has no way out until one is given to it
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

register_feature() {
  holds az feature show --namespace Microsoft.Compute --name EncryptionAtHost --subscription "$subscription" \
    --query "properties.state=='Registered' && 'yes' || ''" --output tsv ||
    change "Registering the feature EncryptionAtHost" az feature register --namespace Microsoft.Compute \
      --name EncryptionAtHost --subscription "$subscription"
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

if [[ -n $runner_network ]]; then
  create_group
  create_network
  create_subnet
  say "Machines in $runner_network/runners can deploy $stack once they have a way out."
fi
if [[ $encryption_at_host == true ]]; then
  register_feature
  say "A feature takes about 15 minutes to count."
fi
if [[ $defender == true ]]; then buy_plan; fi
say "The subscription has what $stack asks of it (runner network: ${runner_network:-none}," \
  "EncryptionAtHost: $encryption_at_host, Defender: $defender)."
