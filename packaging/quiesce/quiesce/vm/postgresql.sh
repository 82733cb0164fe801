#!/bin/bash
# Driver for session.sh: PostgreSQL from 9.6 on. The backup mode belongs to the client's session and goes with it; from 14
# on the server itself ends a session that is silent for too long.
# shellcheck disable=SC2034,SC2154 # variables shared with session.sh

driver_ready() {
    client=$(command -v psql) || fail "there is no psql program on the VM"
}

driver_session() {
    # A client that nothing ends must not stand in the way of the next lock.
    exec {only}>&-
    # The time limit stands here, since sudo takes the environment away.
    local command=("$client" -X -q -A -t -w -v ON_ERROR_STOP=1
        -d "dbname=${setting[DB_NAME]:-postgres} connect_timeout=${setting[LOCK_WAIT_SECONDS]}")
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
    exec "${command[@]}"
}

# The names changed with 15, the last argument came with 10.
choose_functions() {
    if (($1 >= 150000)); then
        start="pg_backup_start('bacula-quiesce', true)" stop='pg_backup_stop(false)'
    elif (($1 >= 100000)); then
        start="pg_start_backup('bacula-quiesce', true, false)" stop='pg_stop_backup(false, false)'
    else
        start="pg_start_backup('bacula-quiesce', true, false)" stop='pg_stop_backup(false)'
    fi
}

driver_lock() {
    local wait=${setting[LOCK_WAIT_SECONDS]} version
    send "SELECT 'quiesce-session ' || pg_backend_pid() || ' ' || current_setting('server_version_num');"
    expect "$((wait + 3))" session || return
    connection=${answer% *} version=${answer#* }
    if [[ ! $version =~ ^[0-9]{5,6}$ ]] || ((version < 90600)); then
        said="PostgreSQL before 9.6 has only a backup mode that outlives its session, and that is not used here"
        return 1
    fi
    choose_functions "$version"
    send "SET application_name = 'bacula-quiesce'; SET client_min_messages = warning; SET statement_timeout = '${wait}s';"
    if ((version >= 140000)); then
        seconds_left
        send "SET idle_session_timeout = '$((left - wait - 3))s';"
    fi
    send "SELECT 'quiesce-held ' || pg_backend_pid() || ' ' || $start;"
    expect "$((wait + 3))" held || return
    held=${answer%% *}
    if ((version >= 140000)); then
        seconds_left
        send "SET idle_session_timeout = '${left}s';"
    fi
}

# The label belongs into a restored data directory as backup_label; the job's log is where it is kept.
driver_release() {
    send "SELECT 'quiesce-label ' || line FROM $stop s, regexp_split_to_table(s.labelfile ||" \
        "CASE WHEN s.spcmapfile = '' THEN '' ELSE E'tablespace_map:\\n' || s.spcmapfile END, E'\\n') line WHERE line <> '';"
    send "SELECT 'quiesce-released ' || pg_backend_pid();"
    expect "${setting[LOCK_WAIT_SECONDS]}" released || return
    released=$answer
}

# The server itself ends the session of a client that no signal ends.
driver_rescue() {
    if [[ -n $stuck && ${connection:-} =~ ^[0-9]+$ ]]; then
        IFS= read -r -t "$rescue_seconds" _ < <(printf 'SELECT pg_terminate_backend(%s);\n' "$connection" |
            driver_session >/dev/null 2>&1; echo)
    fi
}
