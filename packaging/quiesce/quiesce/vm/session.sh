#!/bin/bash
# Runs on the VM; bash reads it from standard input, so nothing of it is ever on the VM's disk. After the program, the
# same input carries the settings, one KEY=VALUE a line, and then "beat" as long as somebody wants the lock, or "release".
#
# A driver brings a session, a process that holds the lock as long as it lives, is told what to do on its standard input,
# and lets go when that input ends. So the lock is gone when this shell is, whoever kills it.
#   driver_session   becomes the session
#   driver_lock      makes it lock; sets held to what tells this session from any other
#   driver_release   makes it unlock; sets released alike
#   driver_rescue    the last resort when the session was made to end and has not said that it let go; stuck is set when
#                    not even a signal ended it
# shellcheck disable=SC2034,SC2154 # held, released, answer, said and the seconds are between this file and the driver

set -u
trap '' PIPE HUP
export LC_ALL=C
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
declare -A setting=()
# What the steps of an end may take: until the session has heard that its input ended, then after each of two signals,
# then for the driver's rescue.
close_seconds=2 signal_seconds=1 rescue_seconds=2

tell() {
    printf '%s %s\n' "${setting[nonce]}" "$*"
}

fail() {
    end_session
    tell "failed $*${unthawed:-}"
    exit 1
}

# Whole seconds since the VM started. The time of day would not do: it may be set while we wait.
clock() {
    IFS='. ' read -r now _ </proc/uptime
}

# over is when the lock must be gone, end_at when its end must begin for that. Since the clock tells whole seconds, one of
# them is lost.
set_limit() {
    clock
    over=$((now + setting[MAX_LOCK_SECONDS]))
    end_at=$((over - close_seconds - 2 * signal_seconds - rescue_seconds - 1))
}

# Sets left to what the server may be told as the most that the session may be silent from now on.
seconds_left() {
    clock
    left=$((over - now - 1))
    ((left > 0)) || left=1
}

milliseconds() {
    local whole hundredths
    IFS='. ' read -r whole hundredths _ </proc/uptime
    printf '%s' "$whole${hundredths}0"
}

send() {
    printf '%s\n' "$*" >&"$to"
}

# What the session prints beside the answer that is waited for.
heard() {
    case $1 in
        'quiesce-label '*) tell "label ${1#quiesce-label }" ;;
        'quiesce-released '*) let_go=yes ;;
        'quiesce-stuck '*) let_go=yes unthawed="; ${1#quiesce-stuck }" ;;
        'quiesce-because '*) because="${1#quiesce-because }${said:+: $said}" ;;
        quiesce-*) ;;
        # A hint that follows does not tell what went wrong.
        ?*) [[ $said == *ERROR* ]] || said=$1 ;;
    esac
}

# Waits until the session prints "quiesce-WORD ..." and sets answer to the rest; other lines may explain why it does not.
expect() {
    local until line
    clock
    until=$((now + $1 < end_at ? now + $1 : end_at))
    answer=
    while ((now < until)); do
        IFS= read -r -t "$((until - now))" -u "$from" line || break
        heard "$line"
        if [[ $line == "quiesce-$2 "* ]]; then
            answer=${line#"quiesce-$2 "}
            return 0
        fi
        [[ -z $because ]] || return 1
        clock
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
    said='' because='' unthawed=''
    send go
}

# Whether the session has closed its output, or said that it let go, within that many seconds.
session_ends() {
    local until line
    clock
    until=$((now + $1))
    while ((now < until)) && [[ -z ${let_go:-} ]]; do
        if IFS= read -r -t "$((until - now))" -u "$from" line; then
            heard "$line"
        elif (($? <= 128)); then
            return 0
        fi
        clock
    done
    [[ -n ${let_go:-} ]]
}

# The signals reach no session of another user, as sudo makes it; what does then is the driver's affair.
end_session() {
    [[ -n ${session:-} ]] || return 0
    trap '' TERM INT
    stuck=
    exec {to}>&-
    if ! session_ends "$close_seconds"; then
        kill -TERM "$session" 2>/dev/null
        if ! session_ends "$signal_seconds"; then
            kill -KILL "$session" 2>/dev/null
            session_ends "$signal_seconds" || stuck=yes
        fi
    fi
    [[ -n ${let_go:-} ]] || driver_rescue
    session=
}

# Returns when the lock is no longer wanted; why is empty if somebody asked for its release.
watch_lock() {
    local wait line
    while :; do
        clock
        wait=$((end_at - now))
        if ((wait <= 0)); then
            why="the limit of ${setting[MAX_LOCK_SECONDS]} seconds was reached"
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
        elif clock && ((now < end_at)); then
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
    set_limit
    start_session
    begun=$(milliseconds)
    driver_lock || fail "${because:-${said:-the session on the VM did not answer in time}}"
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
