#!/bin/bash
# Runs bacula-openstack-sync with the settings of the environment file: as an Admin job, from a timer, or by hand.
#
#   run-openstack-sync.sh [-e FILE] [COMMAND...]
#
# FILE is /opt/bacula/etc/openstack-sync.env if not given. The exit code is the program's.
set -u

fail() {
    printf 'ERROR: %s\n' "$1" >&2
    exit 2
}

# A Director, a timer and cron hand down little, and nothing that can be relied on.
export PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
self=$(readlink -f -- "${BASH_SOURCE[0]}")
settings=/opt/bacula/etc/openstack-sync.env
if [[ ${1:-} == -e ]]; then
    [[ $# -ge 2 ]] || fail "-e needs the name of an environment file"
    settings=$2
    shift 2
fi
[[ -f $settings ]] || fail "there is no environment file $settings; copy etc/openstack-sync.env there, or name another with -e"

# The file is run as shell code, and its owner is who the program is for: files that root makes once are files that the
# owner's later runs cannot change.
owner=$(stat -L -c %U -- "$settings")
mode=$(stat -L -c %a -- "$settings")
(((8#$mode & 8#022) == 0)) || fail "$settings has mode $mode, so others than its owner may change what runs here: chmod 640 $settings"
if [[ $(id -u) -eq 0 ]]; then
    user=$owner
    # Log, tree and the console's configuration are in the hands of bacula: root would write and run what that user has put there.
    [[ $owner != root ]] || ! id -u bacula >/dev/null 2>&1 || user=bacula
    [[ $user == root ]] || exec runuser -u "$user" -- "$self" -e "$(readlink -f -- "$settings")" "$@"
fi
[[ -r $settings ]] ||
    fail "$(id -un) may not read $settings, which belongs to $owner; run this as its owner, or, if that is root: chown bacula $settings"

# The kit's mode closes the file to others; one that an operator has made may hold a secret and be open.
secret="^[[:space:]]*([^#[:space:]].*[[:space:];])?(PGPASSWORD|DB_PASSWORD|OS_PASSWORD|OS_TOKEN|OS_PASSCODE|OS_APPLICATION_CREDENTIAL_SECRET)="
# What stands elsewhere, and is fetched by a command or from another variable, is no secret of this file.
secret+="(\\\$?'[^']|\"?[^[:space:]\"';\$])"
if (((8#$mode & 8#004) != 0)); then
    while IFS= read -r line || [[ -n $line ]]; do
        [[ $line =~ $secret ]] || continue
        close="chmod 640 $settings"
        [[ -O $settings ]] || close="chown $(id -un) $settings && $close"
        printf 'WARN: %s has mode %s and holds %s, so anybody on this host may read that: %s\n' \
            "$settings" "$mode" "${BASH_REMATCH[2]}" "$close" >&2
        break
    done <"$settings"
fi

umask 027
exec </dev/null
# A line that fails has not set what it should, and its default would be taken without a word.
trap 'fail "$settings cannot be read to its end; values with blanks must be quoted"' ERR
set -a
# shellcheck source=/dev/null
. "$(readlink -f -- "$settings")"
set +a
trap - ERR

program=$(dirname -- "$self")/../bin/bacula-openstack-sync
[[ -x $program ]] || program=$(command -v bacula-openstack-sync) ||
    fail "bacula-openstack-sync is neither beside $self nor on PATH"

# Passes on what comes in, byte for byte, and each line of it to the log in one write, so that two runs do not tear each other's.
# It ends with its input: what a program says that is told to stop is passed on too.
pass_on() {
    local ended=0
    trap '' HUP INT TERM
    tee -p -- >(LC_ALL=C exec grep -a --line-buffered '' 1>&"$log" 2>/dev/null)
    wait "$!" || ended=$?
    # 1 is grep's word for no line at all.
    [[ $ended -le 1 ]] || printf 'WARN: the log %s cannot be written to its end\n' "$SYNC_LOG" >&2
}

# begin_log COMMAND...: opens the log and writes this run's first line to it. Text of a tenant may stand in a command, so it is quoted.
begin_log() {
    [[ ! -e $SYNC_LOG || -f $SYNC_LOG ]] || {
        echo "not a file"
        return 1
    }
    exec {log}>>"$SYNC_LOG" && printf -- '--- %(%F %T)T%s\n' -1 "$(printf ' %q' "$@")" 1>&"$log"
}

if [[ -z ${SYNC_LOG:-} || -t 1 ]]; then
    exec "$program" "$@"
fi
if ! problem=$(begin_log "${@:-sync}" 2>&1); then
    printf 'WARN: this run is not logged: %s: %s\n' "$SYNC_LOG" "${problem##*: }" >&2
    exec "$program" "$@"
fi
exec {log}>>"$SYNC_LOG"
exec {out}> >(pass_on)
keepers=("$!")
exec {err}> >(pass_on >&2)
keepers+=("$!")
running=
stopped=
trap 'stopped=1; stop_program' HUP INT TERM
stop_program() {
    [[ -z $running ]] || kill -TERM "$running" 2>/dev/null
}
"$program" "$@" 1>&"$out" 2>&"$err" {log}>&- {out}>&- {err}>&- &
running=$!
[[ -z $stopped ]] || stop_program
exec {log}>&- {out}>&- {err}>&-
# A signal ends the wait, not the program.
while
    stopped=
    wait "$running"
    code=$?
    [[ $stopped ]]
do :; done
wait "${keepers[@]}"
exit "$code"
