#!/bin/bash
# Driver for session.sh: PostgreSQL from 9.6 on. The backup mode belongs to the client's session and goes with it; from 14
# on the server itself ends a session that is silent for too long.
# shellcheck disable=SC2034,SC2154 # variables shared with session.sh

driver_ready() {
    client=$(command -v psql) || fail "there is no psql program on the VM"
}

driver_session() {
    local command=("$client" -X -q -A -t -w -v ON_ERROR_STOP=1 -d "${setting[DB_NAME]:-postgres}")
    # psql takes the folder of a socket for a host.
    local host=${setting[DB_HOST]:-${setting[DB_SOCKET]}}
    if [[ -n $host ]]; then
        command+=(-h "$host")
    fi
    if [[ -n ${setting[DB_PORT]} ]]; then
        command+=(-p "${setting[DB_PORT]}")
    fi
    if [[ -n ${setting[DB_USER]} ]]; then
        command+=(-U "${setting[DB_USER]}")
    fi
    if [[ -n ${setting[DB_SUDO_USER]} ]]; then
        # Its home may be closed to the other user.
        cd /
        exec sudo -n -u "${setting[DB_SUDO_USER]}" -- "${command[@]}"
    fi
    if [[ -n ${setting[DB_PASSWORD]} ]]; then
        export PGPASSWORD=${setting[DB_PASSWORD]}
    fi
    export PGCONNECT_TIMEOUT=${setting[LOCK_WAIT_SECONDS]}
    exec "${command[@]}"
}

driver_lock() {
    local wait=${setting[LOCK_WAIT_SECONDS]} start="pg_backup_start('bacula-quiesce', true)"
    send "SELECT 'quiesce-version ' || current_setting('server_version_num');"
    expect "$((wait + 3))" version || return
    version=$answer
    if [[ ! $version =~ ^[0-9]{5,6}$ ]] || ((version < 90600)); then
        said="PostgreSQL before 9.6 has only a backup mode that outlives its session, and that is not used here"
        return 1
    fi
    if ((version < 150000)); then
        start="pg_start_backup('bacula-quiesce', true, false)"
    fi
    send "SET application_name = 'bacula-quiesce'; SET client_min_messages = warning; SET statement_timeout = '${wait}s';"
    if ((version >= 140000)); then
        send "SET idle_session_timeout = '${setting[MAX_LOCK_SECONDS]}s';"
    fi
    send "SELECT 'quiesce-held ' || pg_backend_pid() || ' ' || $start;"
    expect "$((wait + 3))" held || return
    held=${answer%% *}
}

# The label belongs into a restored data directory as backup_label; the job's log is where it is kept.
driver_release() {
    local stop='pg_backup_stop(false)'
    if ((version < 150000)); then
        stop='pg_stop_backup(false, false)'
    fi
    send "SELECT 'quiesce-note backup_label: ' || line FROM $stop s, regexp_split_to_table(s.labelfile ||" \
        "CASE WHEN s.spcmapfile = '' THEN '' ELSE E'tablespace_map:\\n' || s.spcmapfile END, E'\\n') line WHERE line <> '';"
    send "SELECT 'quiesce-released ' || pg_backend_pid();"
    expect "${setting[LOCK_WAIT_SECONDS]}" released || return
    released=$answer
}

driver_rescue() {
    :
}
