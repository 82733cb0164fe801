#!/bin/bash
# Runs on the VM; bash reads it from standard input, so nothing of it is ever on the VM's disk. After the program, the
# same input carries the settings, one KEY=VALUE a line, and then "beat" as long as somebody wants the lock, or "release".
#
# A driver brings a session, a process that holds the lock as long as it lives, is told what to do on its standard input,
# and lets go when that input ends. So the lock is gone when this shell is, whoever kills it.
#   driver_session   becomes the session
#   driver_lock      makes it lock; sets held to what tells this session from any other
#   driver_release   makes it unlock; sets released alike
#   driver_rescue    unlocks when the session has ended without having said that it did
# shellcheck disable=SC2034,SC2154 # held, released, answer and said are between this file and the driver

set -u
trap '' PIPE HUP
export LC_ALL=C
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
declare -A setting=()
session_end_seconds=5

tell() {
    printf '%s %s\n' "${setting[nonce]}" "$*"
}

fail() {
    end_session
    tell "failed $*${unthawed:-}"
    exit 1
}

milliseconds() {
    local now
    now=$(date +%s%3N)
    # Not every date knows %N.
    [[ $now =~ ^[0-9]{13,}$ ]] || now=$(date +%s)000
    printf '%s' "$now"
}

send() {
    printf '%s\n' "$*" >&"$to"
}

# Waits until the session prints "quiesce-WORD ..." and sets answer to the rest; other lines may explain why it does not.
expect() {
    local until=$((SECONDS + $1)) line
    answer=
    while ((SECONDS < until)); do
        IFS= read -r -t "$((until - SECONDS))" -u "$from" line || break
        case $line in
            "quiesce-$2 "*)
                answer=${line#"quiesce-$2 "}
                return 0
                ;;
            'quiesce-note '*) tell "note ${line#quiesce-note }" ;;
            ?*) said=$line ;;
        esac
    done
    return 1
}

start_session() {
    # It waits for a line before it becomes the session: if it died at once, its ends of the pipes would be gone.
    coproc SESSION {
        IFS= read -r _
        driver_session 2>&1
    }
    session=$SESSION_PID
    local in=${SESSION[0]} out=${SESSION[1]}
    exec {from}<&"$in" {to}>&"$out"
    eval "exec $in<&- $out>&-"
    said=
    send go
}

# Whether the session has closed its output within that many seconds.
session_ends() {
    local until=$((SECONDS + $1)) line
    while ((SECONDS < until)); do
        if IFS= read -r -t "$((until - SECONDS))" -u "$from" line; then
            case $line in
                quiesce-released*) let_go=yes ;;
                quiesce-*) ;;
                *) said=$line ;;
            esac
        elif (($? <= 128)); then
            return 0
        fi
    done
    return 1
}

end_session() {
    [[ -n ${session:-} ]] || return 0
    exec {to}>&-
    if ! session_ends "$session_end_seconds"; then
        kill -TERM "$session" 2>/dev/null
        session_ends 2 || kill -KILL "$session" 2>/dev/null
    fi
    [[ -n ${let_go:-} ]] || driver_rescue
    session=
}

# Returns when the lock is no longer wanted; why is empty if somebody asked for its release.
watch_lock() {
    local limit=${setting[MAX_LOCK_SECONDS]} wait line
    while :; do
        wait=$((limit - SECONDS))
        if ((wait <= 0)); then
            why="the limit of $limit seconds was reached"
            return
        fi
        ((wait < setting[HEARTBEAT_TIMEOUT])) || wait=${setting[HEARTBEAT_TIMEOUT]}
        if IFS= read -r -t "$wait" line; then
            if [[ $line == release ]]; then
                why=
                return
            # Not kill -0: a session under sudo is not ours to signal, and would count as dead.
            elif [[ ! -e /proc/$session ]]; then
                why="the session on the VM died"
                return
            fi
        elif (($? <= 128)); then
            why="the connection to the VM ended"
            return
        elif ((SECONDS < limit)); then
            why="the VM had not heard of the backup host for $wait seconds"
            return
        fi
    done
}

main() {
    local line='' begun only
    while IFS= read -r -t 30 line && [[ $line != end ]]; do
        setting[${line%%=*}]=${line#*=}
    done
    [[ $line == end ]] || exit 1
    trap 'end_session; exit 1' TERM INT
    # The lock is on the root directory, in the kernel's memory alone: one quiescing session for each VM, whoever asks.
    exec {only}</
    flock -w "${setting[LOCK_WAIT_SECONDS]}" "$only" || fail "another session on the VM holds it, or there is no flock there"
    driver_ready
    start_session
    SECONDS=0
    begun=$(milliseconds)
    driver_lock || fail "${said:-the session on the VM did not answer in time}"
    tell held
    watch_lock
    if [[ -z $why ]]; then
        if driver_release && [[ $released == "$held" ]]; then
            line=$(($(milliseconds) - begun))
            tell "released $line"
            exit 0
        fi
        why="the session on the VM had ended before: ${said:-no answer}"
    fi
    end_session
    tell "lost $why${unthawed:-}"
    exit 1
}
