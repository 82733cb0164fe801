#!/bin/bash
# From the name of a Bacula job's run to the VM that it backs up, and on to lock.sh.
set -euo pipefail

driver=${1:-}
[[ $driver =~ ^(mysql|postgresql|command)$ ]] || { echo "quiesce/wrapper.sh is called by mysql-lock-wrapper.sh and the like" >&2; exit 2; }
shift
program=$driver-lock-wrapper.sh
# shellcheck source-path=SCRIPTDIR source=settings.sh
. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/settings.sh"

usage() {
    cat <<EOF
usage: $program lock JOB      locks the VM that JOB backs up
       $program unlock JOB    unlocks it
JOB is what Bacula puts in place of %j. The VM's UUID is read from the header "#@uuid:" of the job file below BASE_DIR.
Settings, exit codes and the rest: $driver-lock.sh --help
EOF
}

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
    usage
    exit
fi
command=${1:-} job=${2:-}
[[ $command =~ ^(lock|unlock)$ && $# -eq 2 ]] || { usage >&2; exit 2; }
[[ ${#job} -le 127 && $job =~ ^([A-Za-z0-9:._ -]+)\.[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}\.[0-9]{2}\.[0-9]{2}_[0-9]{2,}$ ]] ||
    die 2 "not the name of a job's run, as Bacula gives it for %j: $(printable "$job")"
# Bacula writes an underscore for a blank here.
name=${BASH_REMATCH[1]// /_}

declare -A state=()
labels=()
read_common_settings

# One line for each job file: how many #@uuid: headers, name, UUID.
# shellcheck disable=SC2016 # awk's own
list_jobs='
function finish() { if (seen) print headers "|" name "|" uuid; seen = 0 }
function value(text) { sub(/^[^:=]*[:=][ \t]*/, "", text); sub(/[ \t\r]+$/, "", text); return text }
FNR == 1 { finish(); seen = 1; headers = 0; inside = 0; name = ""; uuid = "" }
!inside && /^#@uuid:/ { headers++; uuid = value($0) }
!inside && tolower($0) ~ /^[ \t]*job[ \t]*\{/ { inside = 1; next }
inside && name == "" && tolower($0) ~ /^[ \t]*name[ \t]*=/ { name = value($0); gsub(/^"|"$/, "", name) }
END { finish() }'

# Sets uuid. Bacula cuts a job name after 104 bytes to make the run's name, so a name of that length may stand for a
# longer one; for more than one, nobody can tell.
find_vm() {
    local base=${setting[BASE_DIR]} list line count found candidate=()
    [[ -d $base ]] || die 2 "BASE_DIR: there is no folder $base"
    # The folder itself may be a link, as to a share; no file below it.
    list=$(find -H "$base" -mindepth 4 -maxdepth 4 -type f -name job -print0 | xargs -0 -r awk "$list_jobs") ||
        die 1 "cannot read all job files below $base"
    while IFS= read -r line; do
        found=${line#*|}
        found=${found%%|*}
        found=${found// /_}
        if [[ $found == "$name" || (${#name} -ge 104 && $found == "$name"*) ]]; then
            candidate+=("$line")
        fi
    done < <(printf '%s\n' "$list")
    case ${#candidate[@]} in
        0) die 1 "there is no job file for $name below $base" ;;
        1) ;;
        *) die 1 "${#candidate[@]} job files below $base are for jobs that begin with $name: cannot tell which VM to $command" ;;
    esac
    count=${candidate[0]%%|*}
    uuid=${candidate[0]#*|*|}
    uuid=${uuid,,}
    if [[ $count -ne 1 ]] || ! is_uuid "$uuid"; then
        die 1 "the job file for $name has no clear #@uuid: header"
    fi
}

# The VM that this very run has locked, whatever the job file says by now.
find_lock() {
    local file
    for file in "${setting[STATE_DIR]}"/*.state; do
        if read_state "$file" && [[ ${state[owner]:-} == "$job" ]]; then
            uuid=$(basename -- "$file" .state)
            return 0
        fi
    done
    return 1
}

uuid=
if [[ $command == lock ]] || ! find_lock; then
    find_vm
fi
exec "$here/lock.sh" "$driver" "$command" "$uuid" "$job"
