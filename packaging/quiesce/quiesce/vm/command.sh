#!/bin/bash
# Driver for session.sh: any command that freezes and one that thaws. The operator's own settings name them, never a
# tenant's properties. The session is a shell of its own, so that either of the two processes thaws when the other is gone.
# However it ends, what was frozen is thawed once; twice only if the first thaw was killed before it could tell,
# or failed when the other process died.
# shellcheck disable=SC2034,SC2154 # variables shared with session.sh

driver_ready() {
    # What run may take, and one for the clock.
    run_seconds=$((setting[LOCK_WAIT_SECONDS] + 2))
    close_seconds=$run_seconds rescue_seconds=$run_seconds
    command -v timeout >/dev/null || fail "there is no timeout program on the VM"
}

# What a command leaves running must not keep our files open.
run() {
    timeout -k 1 "${setting[LOCK_WAIT_SECONDS]}" bash --norc --noprofile -c "$1" </dev/null 2>&1 {only}>&-
}

# A command that prints must not fail because the other process has died, and nobody listens any more.
speak() {
    printf '\n' 2>/dev/null || { exec >/dev/null 2>&1 && false; }
}

# The words for session.sh begin a line, whatever the commands print.
thaw() {
    local code
    [[ -z ${thawed:-} ]] || return
    thawed=yes
    speak
    run "${setting[THAW_COMMAND]}"
    code=$?
    if ((code != 0)) && ! speak; then
        run "${setting[THAW_COMMAND]}"
        code=$?
    fi
    if ((code == 0)); then
        printf '\nquiesce-released %s\n' "$BASHPID"
    else
        printf '\nquiesce-stuck %s\n' "THE THAW COMMAND FAILED with exit code $code"
    fi
}

driver_session() {
    local word=''
    trap 'thaw; exit 1' TERM INT
    IFS= read -r word
    [[ $word == lock ]] || exit 1
    if ! run "${setting[FREEZE_COMMAND]}"; then
        printf '\nquiesce-because the freeze command failed\n'
        thaw
        exit 1
    fi
    printf '\nquiesce-held %s\n' "$BASHPID"
    # Later than the other process, for the case that it cannot any more.
    clock
    IFS= read -r -t "$((over - run_seconds - 1 - now))" word
    thaw
}

driver_lock() {
    # Who is told to end now must wait for the freeze, and then for the thaw.
    close_seconds=$((2 * run_seconds))
    send lock
    expect "$run_seconds" held
    held=$answer close_seconds=$run_seconds
    [[ -n $held ]]
}

driver_release() {
    send release
    expect "$run_seconds" released || return
    released=$answer
}

# The session was killed before it could thaw, or while it did.
driver_rescue() {
    exec {from}< <(thaw)
    session_ends "$rescue_seconds"
}
