#!/usr/bin/env bash
# Creates what keeps one stack's Pulumi state, once for each stack; run again, it changes nothing:
#   bootstrap/state.sh STACK [--principal OBJECT_ID --principal-type User|Group|ServicePrincipal]
#                            [--subscription ID] [--dry-run]
# A resource group of its own with a storage account (Entra ID only, TLS 1.2, versions, 30 days of soft delete), a
# key vault with the key that encrypts the state's secrets, and a lock against deletion. PRINCIPAL (default: whoever
# is signed in) may read and write the state, and use the key.
# Names, region and tags come from Pulumi.STACK.yaml. Needs az, signed in as Owner of the subscription, and node.
# --dry-run prints the commands that would change something, and calls nothing; it needs --subscription.
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

stack='' subscription='' principal='' principal_type=User
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --dry-run) dry_run=true && shift ;;
    --subscription) require_value "$1" $# && subscription=$2 && shift 2 ;;
    --principal) require_value "$1" $# && principal=$2 && shift 2 ;;
    --principal-type) require_value "$1" $# && principal_type=$2 && shift 2 ;;
    -*) wrong_usage "unknown option $1." ;;
    *) [[ -z $stack ]] || wrong_usage "got a second stack, \"$1\"." && stack=$1 && shift ;;
  esac
done
[[ -n $stack ]] || wrong_usage "got no stack."
[[ $principal_type =~ ^(User|Group|ServicePrincipal)$ ]] ||
  wrong_usage "--principal-type: got \"$principal_type\", allowed: User, Group, ServicePrincipal."

if $dry_run; then
  [[ -n $subscription ]] || wrong_usage "--dry-run: got no --subscription, from which the names follow."
  principal=${principal:-00000000-0000-0000-0000-000000000000}
else
  subscription=${subscription:-$(query az account show --query id --output tsv)}
  principal=${principal:-$(query az ad signed-in-user show --query id --output tsv)}
fi
read_names "$stack" "$subscription"
in_group=(--resource-group "$resource_group" --subscription "$subscription")
key_url="https://management.azure.com$vault_id/keys/pulumi?api-version=2024-11-01"

create_group() {
  holds az group show --name "$resource_group" --subscription "$subscription" --query id --output tsv ||
    change "Creating the resource group $resource_group" az group create --name "$resource_group" \
      --subscription "$subscription" --location "$location" --tags "${tags[@]}"
}

create_account() {
  local sku=Standard_ZRS
  # A region without zones has no zone-redundant storage.
  if [[ $zones != true ]]; then sku=Standard_LRS; fi
  local rules=(--allow-shared-key-access false --allow-blob-public-access false --min-tls-version TLS1_2 --https-only true)
  # One word where every rule holds; nothing where one does not.
  local as_ruled="[?name=='$account' && allowSharedKeyAccess==\`false\` && allowBlobPublicAccess==\`false\` \
&& minimumTlsVersion=='TLS1_2' && enableHttpsTrafficOnly].name"
  if ! holds az storage account show --name "$account" "${in_group[@]}" --query id --output tsv; then
    change "Creating the storage account $account" az storage account create --name "$account" "${in_group[@]}" \
      --location "$location" --kind StorageV2 --sku "$sku" "${rules[@]}" --tags "${tags[@]}"
  elif ! holds az storage account list "${in_group[@]}" --query "$as_ruled" --output tsv; then
    change "Closing the storage account $account" az storage account update --name "$account" "${in_group[@]}" "${rules[@]}"
  fi
}

keep_versions() {
  local kept="isVersioningEnabled && deleteRetentionPolicy.days==\`30\` && containerDeleteRetentionPolicy.days==\`30\`"
  holds az storage account blob-service-properties show --account-name "$account" "${in_group[@]}" \
    --query "$kept" --output json ||
    change "Keeping versions and deleted blobs for 30 days" az storage account blob-service-properties update \
      --account-name "$account" "${in_group[@]}" --enable-versioning true \
      --enable-delete-retention true --delete-retention-days 30 \
      --enable-container-delete-retention true --container-delete-retention-days 30
}

create_container() {
  holds az storage container-rm show --storage-account "$account" "${in_group[@]}" --name state --query id --output tsv ||
    change "Creating the container state" az storage container-rm create --storage-account "$account" "${in_group[@]}" --name state
}

# A vault's name is reserved for as long as it is soft-deleted: then it is recovered, key included.
create_vault() {
  if holds az keyvault show --name "$vault" "${in_group[@]}" --query id --output tsv; then return; fi
  if holds az keyvault list-deleted --subscription "$subscription" --resource-type vault \
    --query "[?name=='$vault'].id" --output tsv; then
    change "Recovering the deleted key vault $vault" az keyvault recover --name "$vault" --location "$location" \
      --subscription "$subscription"
    return
  fi
  change "Creating the key vault $vault" az keyvault create --name "$vault" "${in_group[@]}" --location "$location" \
    --enable-rbac-authorization true --enable-purge-protection true --retention-days 90 --tags "${tags[@]}"
}

# Through the resource manager, which needs no role on the vault's data and never replaces a key that exists.
create_key() {
  holds az rest --method get --url "$key_url" --query id --output tsv ||
    change "Creating the key pulumi" az rest --method put --url "$key_url" \
      --body '{"properties":{"kty":"RSA","keySize":3072,"keyOps":["encrypt","decrypt","wrapKey","unwrapKey"]}}'
}

create_lock() {
  holds az lock show --name keep-state "${in_group[@]}" --query id --output tsv ||
    change "Locking $resource_group against deletion" az lock create --name keep-state "${in_group[@]}" \
      --lock-type CanNotDelete --notes "Holds the Pulumi state of the stack $stack"
}

create_group
create_account
keep_versions
create_container
create_vault
create_key
grant_state "$principal" "$principal_type" Contributor
create_lock

say "The state of $stack is kept in $account. New grants take a few minutes to count. Then, once:"
printf '%s\n' "pulumi login 'azblob://state?storage_account=$account'" \
  "pulumi stack init $stack --secrets-provider 'azurekeyvault://$vault.vault.azure.net/keys/pulumi'"
