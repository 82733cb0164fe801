#!/bin/bash
# The engine: a lock on what writes on a VM, held by a session there that this host keeps alive over SSH.
# How the parts work together is told in the README.
set -euo pipefail

driver=${1:-}
[[ $driver =~ ^(mysql|postgresql|command)$ ]] || { echo "quiesce/lock.sh is called by mysql-lock.sh and the like" >&2; exit 2; }
shift
program=$driver-lock.sh
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/settings.sh"
# shellcheck source-path=SCRIPTDIR source=metadata.sh
. "$here/metadata.sh"
# shellcheck source-path=SCRIPTDIR source=holder.sh
. "$here/holder.sh"

usage() {
    cat <<EOF
usage: $program lock UUID [OWNER]     locks; the lock is held when this has returned 0
       $program unlock UUID [OWNER]   unlocks; 1 if the lock was lost before
       $program status UUID           tells whether the VM is locked
UUID is the OpenStack server's, OWNER who locks: a Bacula job, usually. A lock with an owner is unlocked by that owner,
or by hand without naming one.

Settings are KEY=VALUE lines in \$QUIESCE_ETC (now $etc): quiesce.env for all VMs, UUID.env for
one, both with mode 600. Where UUID.env names no SSH_HOST, the VM's OpenStack properties are asked. UUID.env wins over
properties, properties over quiesce.env, that over the default:
  SSH_HOST SSH_PORT SSH_USER       the VM's address, 22, root    properties backup-quiesce-host, -port, -user
  SSH_KEY SSH_KNOWN_HOSTS          $etc/id_ed25519, .../known_hosts
  DB_USER DB_PASSWORD              none                          properties backup-quiesce-db-user, -db-password
  DB_HOST DB_PORT DB_SOCKET        where the database client looks by itself, on the VM
  DB_NAME                          none; postgres for PostgreSQL
  DB_SUDO_USER                     none; the database client runs as this user, by sudo
  FREEZE_COMMAND THAW_COMMAND      none; for command-lock.sh, run by bash on the VM
  MAX_LOCK_SECONDS                 300; by then a lock has ended by itself; at least 3 * LOCK_WAIT_SECONDS + 15
  LOCK_WAIT_SECONDS                10; how long getting the lock, freezing or thawing may take
  CONNECT_SECONDS                  10; how long reaching the VM may take
  HEARTBEAT_SECONDS                5; how often the VM hears of us
  HEARTBEAT_TIMEOUT                20; the VM unlocks when it has not heard of us for so long
  STATE_DIR                        /run/bacula-quiesce
  BASE_DIR                         /opt/bacula/etc/openstack; where the wrappers look for job files
  OPENSTACK SSH                    openstack, ssh: the programs
  OS_...                           none; environment of the openstack program
Exit codes: 0 done; 1 it did not work, or the lock was lost; 2 wrong call or settings.
EOF
}

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
    usage
    exit
fi
command=${1:-} uuid=${2:-} owner=${3:-}
uuid=${uuid,,}
[[ $command =~ ^(lock|unlock|status)$ && $# -ge 2 && $# -le 3 ]] || { usage >&2; exit 2; }
is_uuid "$uuid" || die 2 "not a UUID: $(printable "$uuid")"
[[ $owner =~ ^[A-Za-z0-9:._\ -]{0,127}$ ]] || die 2 "not an owner's name: $(printable "$owner")"

declare -A state=()
labels=()
read_common_settings
open_state
file=${setting[STATE_DIR]}/$uuid

read_vm_settings() {
    local own=$etc/$uuid.env
    if [[ ! -e $own && ! -L $own ]]; then
        read_metadata "$uuid"
        return
    fi
    setting[SSH_HOST]=''
    read_settings "$own"
    if [[ -z ${setting[SSH_HOST]} ]]; then
        read_metadata "$uuid"
        # Once more, since the file wins over the properties.
        local host=${setting[SSH_HOST]}
        read_settings "$own"
        setting[SSH_HOST]=$host
    fi
}

check_settings() {
    local key bits
    must SSH_HOST '^[A-Za-z0-9:][A-Za-z0-9.:_-]{0,254}$' 'not a host name or address'
    must_be_number SSH_PORT 1 65535
    must SSH_USER '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$' 'not a user name'
    must DB_USER '^([A-Za-z0-9_][A-Za-z0-9_.@-]{0,127})?$' 'not a user name'
    must DB_SUDO_USER '^([A-Za-z_][A-Za-z0-9_.-]{0,63})?$' 'not a user name'
    must DB_NAME '^([A-Za-z0-9_][A-Za-z0-9_.-]{0,62})?$' 'not a database name'
    must DB_HOST '^([A-Za-z0-9:][A-Za-z0-9.:_-]{0,254})?$' 'not a host name or address'
    [[ -z ${setting[DB_PORT]} ]] || must_be_number DB_PORT 1 65535
    [[ -z ${setting[DB_SOCKET]} ]] || must_be_path DB_SOCKET
    ((${#setting[DB_PASSWORD]} <= 1000)) || die 2 "DB_PASSWORD is refused: longer than 1000 bytes"
    [[ -z ${setting[DB_SUDO_USER]} || -z ${setting[DB_PASSWORD]} ]] ||
        die 2 "DB_SUDO_USER and DB_PASSWORD do not go together: sudo passes no secret on"
    for key in SSH_KEY SSH_KNOWN_HOSTS; do
        must_be_path $key
        [[ -f ${setting[$key]} ]] || die 2 "$key: there is no file ${setting[$key]}"
    done
    # Of another user's key, ssh does not look at the mode; of our own it does, but the reason is lost among its words.
    bits=037
    [[ ! -O ${setting[SSH_KEY]} ]] || bits=077
    trusted "${setting[SSH_KEY]}" "$bits" ||
        die 2 "SSH_KEY: ${setting[SSH_KEY]} is refused: it must belong to the user that runs this, with mode 600"
    trusted "${setting[SSH_KNOWN_HOSTS]}" 002 ||
        die 2 "SSH_KNOWN_HOSTS: ${setting[SSH_KNOWN_HOSTS]} is refused: it must belong to the user that runs this, and not everybody may write to it"
    must_be_number MAX_LOCK_SECONDS 2 86400
    must_be_number LOCK_WAIT_SECONDS 1 3600
    must_be_number CONNECT_SECONDS 1 600
    must_be_number HEARTBEAT_SECONDS 1 600
    must_be_number HEARTBEAT_TIMEOUT 2 3600
    # What getting the lock may take, and ending it against all resistance, with a second to hold it.
    ((setting[MAX_LOCK_SECONDS] >= 3 * setting[LOCK_WAIT_SECONDS] + 15)) ||
        die 2 "MAX_LOCK_SECONDS must be at least 3 * LOCK_WAIT_SECONDS + 15"
    ((2 * setting[HEARTBEAT_SECONDS] <= setting[HEARTBEAT_TIMEOUT])) ||
        die 2 "HEARTBEAT_TIMEOUT must be at least twice HEARTBEAT_SECONDS"
    if [[ $driver == command && (-z ${setting[FREEZE_COMMAND]} || -z ${setting[THAW_COMMAND]}) ]]; then
        die 2 "FREEZE_COMMAND and THAW_COMMAND must be set in $etc/quiesce.env or $etc/$uuid.env"
    fi
}

# The lock on this file belongs to the process that holds it, however that process ends: the kernel gives it back.
take_lock_file() {
    exec {lock_file}>>"$file.lock" || die 1 "cannot open $file.lock"
    flock "$@" "$lock_file"
}

describe() {
    printf '%s%s since %s' "${state[driver]}" "${state[owner]:+, by ${state[owner]},}" "${state[since]}"
}

lock() {
    local reply line=''
    if ! take_lock_file --nonblock; then
        read_state "$file.state" || true
        die 1 "VM $uuid is locked already (${state[state]+$(describe)}): this one is refused, the other one stays"
    fi
    if read_state "$file.state" && [[ ${state[state]} != failed ]]; then
        say "an earlier lock on VM $uuid ($(describe)) was never unlocked; it is gone, and forgotten now" >&2
    fi
    rm -f -- "$file.state" "$file.control"
    labels=()
    state=([driver]=$driver [owner]=$owner [since]=$(date '+%Y-%m-%d %H:%M:%S') [reason]='its settings were refused, or could not be had')
    write_state failed || die 1 "VM $uuid is NOT locked: cannot write to ${setting[STATE_DIR]} (STATE_DIR)"
    read_vm_settings
    check_settings
    # The most that the VM's side may need, with all its own time limits, to lock and to unlock.
    holder_patience=$((setting[CONNECT_SECONDS] + 4 * setting[LOCK_WAIT_SECONDS] + 30))
    state[patience]=$((3 * setting[LOCK_WAIT_SECONDS] + 25))
    state[reason]=
    if ! write_state starting || ! mkfifo -- "$file.control"; then
        die 1 "VM $uuid is NOT locked: cannot write to ${setting[STATE_DIR]} (STATE_DIR)"
    fi
    # Its output is ours to read until it has the lock; nothing of it keeps the caller's own output open.
    exec {reply}< <(hold)
    IFS= read -r -t $((holder_patience + 5)) -u "$reply" line || line=${line:-failed the holder of the lock died}
    if [[ $line != held ]]; then
        die 1 "VM $uuid is NOT locked: $(printable "${line#failed }")"
    fi
    # Who cannot be told has no lock: the caller would take our end for a failure, and nothing may be locked then.
    trap '' PIPE
    if ! say "VM $uuid is locked, for ${setting[MAX_LOCK_SECONDS]} seconds at most"; then
        exec {lock_file}>&-
        unlock >/dev/null || true
        die 1 "VM $uuid is NOT locked: nobody could be told that it was"
    fi
}

# Ends with an error if there is no lock of that owner.
find_own_lock() {
    local lost="If ${owner:-you} had one before, it is LOST, and a snapshot taken after that is NOT consistent"
    if ! read_state "$file.state"; then
        die 1 "there is no lock on VM $uuid to unlock. $lost"
    fi
    if [[ -n $owner && $owner != "${state[owner]}" ]]; then
        die 1 "VM $uuid is locked by another ($(describe)): left alone. $lost"
    fi
}

unlock() {
    local control
    find_own_lock
    if ! take_lock_file --nonblock; then
        # That may have become another's since.
        find_own_lock
        [[ -p $file.control ]] || die 1 "VM $uuid is being locked or unlocked by another process right now"
        # Opened for both, so that it does not wait for a reader that may have died just now.
        exec {control}<>"$file.control"
        printf 'unlock\n' >&"$control"
        flock --wait "$((state[patience] + 10))" "$lock_file" ||
            die 1 "LOCK DOUBTFUL: the process ${state[pid]:-} that holds VM $uuid does not answer; the VM unlocks by itself"
        exec {control}<&-
        read_state "$file.state" || die 1 "LOCK DOUBTFUL: nothing is left of the lock on VM $uuid"
    fi
    rm -f -- "$file.state" "$file.control"
    case ${state[state]} in
        released)
            say "VM $uuid is unlocked; it was locked for ${state[milliseconds]} ms"
            # Whatever a VM says here, it says it behind this word.
            if ((${#labels[@]} > 0)); then
                printf 'backup_label: %s\n' "${labels[@]}"
            fi
            ;;
        failed | starting)
            say "VM $uuid was not locked (${state[reason]:-}); nothing to unlock"
            ;;
        *)
            say "LOCK LOST: VM $uuid was locked ($(describe)), but the lock ended before this unlock" \
                "(${state[ended]:-at an unknown time}: ${state[reason]:-the process that held it died})." \
                "A snapshot taken after that is NOT consistent." >&2
            exit 1
            ;;
    esac
}

# Whether the process of the state is still there with its lock. Nothing is locked to find that out: it would get in the way
# of a lock, or of an unlock.
is_held() {
    local open
    for open in "/proc/${state[pid]:-}/fd/"*; do
        if [[ $open -ef $file.lock ]]; then
            return 0
        fi
    done
    return 1
}

status() {
    if ! read_state "$file.state"; then
        say "VM $uuid is not locked"
    elif is_held && [[ ${state[state]} =~ ^(failed|starting)$ ]]; then
        say "VM $uuid is being locked: $(describe), process ${state[pid]:-}"
    elif is_held; then
        say "VM $uuid is locked: $(describe), state \"${state[state]}\", process ${state[pid]:-}"
    else
        say "VM $uuid is not locked: the lock ($(describe)) ended as \"${state[state]}\" ${state[reason]:-} and awaits its unlock"
    fi
}

"$command"
