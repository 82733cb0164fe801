#!/bin/bash
# Driver for session.sh: any command that freezes and one that thaws. The operator's own settings name them, never a
# tenant's properties. The session is a shell of its own, so that either of the two processes thaws when the other is gone.
# shellcheck disable=SC2034,SC2154 # variables shared with session.sh

driver_ready() {
    session_end_seconds=$((setting[LOCK_WAIT_SECONDS] + 6))
    command -v timeout >/dev/null || fail "there is no timeout program on the VM"
}

# What a command leaves running must not keep our files open.
run() {
    timeout -k 5 "${setting[LOCK_WAIT_SECONDS]}" bash --norc --noprofile -c "$1" </dev/null 2>&1 {only}>&-
}

thaw() {
    local code
    run "${setting[THAW_COMMAND]}"
    code=$?
    if ((code == 0)); then
        echo "quiesce-released $BASHPID"
    else
        echo "THE THAW COMMAND FAILED with exit code $code"
    fi
    return "$code"
}

driver_session() {
    local word=''
    trap 'thaw; exit 1' TERM INT
    IFS= read -r word
    [[ $word == lock ]] || exit 1
    if ! run "${setting[FREEZE_COMMAND]}"; then
        thaw
        echo "the freeze command failed"
        exit 1
    fi
    echo "quiesce-held $BASHPID"
    # Two seconds more than the other process has, for the case that it cannot any more.
    IFS= read -r -t "$((setting[MAX_LOCK_SECONDS] + 2))" word
    thaw
}

driver_lock() {
    send lock
    expect "$((setting[LOCK_WAIT_SECONDS] + 8))" held || return
    held=$answer
}

driver_release() {
    send release
    expect "$((setting[LOCK_WAIT_SECONDS] + 8))" released || return
    released=$answer
}

driver_rescue() {
    local output
    output=$(thaw) || unthawed="; ${output##*$'\n'}"
}
