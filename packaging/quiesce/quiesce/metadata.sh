#!/bin/bash
# To be sourced: what a VM's own OpenStack properties say about it. A tenant writes these: none of them may lead us to
# another machine than that VM, and none names a command or a file.

# shellcheck disable=SC2016 # jq's variables
metadata_filter='
def clean: type == "string" and (explode | all(. >= 32 and . != 127));
def property($key): .properties["backup-quiesce-" + $key];
if type != "object" or ((.id | type) != "string") or ((.id | ascii_downcase) != $uuid) then
  "error=it is not about this VM"
elif (.properties | type) != "object" or (.addresses | type) != "object" then
  "error=properties and addresses must be JSON objects; a newer openstack client prints them so"
else
  . as $vm
  | ([.addresses[] | arrays | .[] | if type == "object" then .addr else . end | select(clean)] | .[] | "address=" + .),
    ("host", "port", "user", "db-user", "db-password" | . as $key | $vm | property($key)
      | select(. != null)
      | if clean then $key + "=" + . else "error=backup-quiesce-" + $key + " holds a control character or is not text" end)
end'

ask_openstack() (
    local key
    for key in "${!setting[@]}"; do
        if [[ $key == OS_* ]]; then
            export "$key=${setting[$key]}"
        fi
    done
    exec timeout --kill-after=5 60 "${setting[OPENSTACK]}" server show -f json "$1" </dev/null
)

# Takes over what the properties of VM $1 say. No here-strings: older shells write them to a file, passwords and all.
read_metadata() {
    local uuid=$1 answer line value host='' addresses=()
    # It may outlive us, and must not keep the lock file then.
    # shellcheck disable=SC2154 # lock_file is lock.sh's
    answer=$(exec {lock_file}>&-; ask_openstack "$uuid") || die 1 "\"${setting[OPENSTACK]} server show\" failed for VM $uuid"
    # What jq says of an answer it cannot read may hold parts of it.
    answer=$(printf '%s' "$answer" | jq -r --arg uuid "$uuid" "$metadata_filter" 2>/dev/null) ||
        die 1 "cannot read what \"${setting[OPENSTACK]} server show\" says about VM $uuid"
    while IFS= read -r line; do
        value=${line#*=}
        case ${line%%=*} in
            error) die 1 "what OpenStack says about VM $uuid is refused: $(printable "$value")" ;;
            address) addresses+=("$value") ;;
            host) host=$value ;;
            port) setting[SSH_PORT]=$value ;;
            user) setting[SSH_USER]=$value ;;
            db-user) setting[DB_USER]=$value ;;
            db-password) setting[DB_PASSWORD]=$value ;;
        esac
    done < <(printf '%s\n' "$answer")
    if [[ -z $host ]]; then
        [[ ${#addresses[@]} -eq 1 ]] ||
            die 1 "VM $uuid has ${#addresses[@]} addresses: its property backup-quiesce-host must name one of them"
        host=${addresses[0]}
    fi
    for value in "${addresses[@]}"; do
        if [[ $value == "$host" ]]; then
            setting[SSH_HOST]=$host
            return
        fi
    done
    die 1 "backup-quiesce-host of VM $uuid is refused: it is none of that VM's own addresses"
}
