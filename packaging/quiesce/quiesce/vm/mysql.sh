#!/bin/bash
# Driver for session.sh: MySQL and MariaDB, with nothing that only one of them knows. The lock belongs to the client's
# session and goes with it; wait_timeout lets the server end a session that is silent for too long, even if its client can
# no longer do so.
# shellcheck disable=SC2034,SC2154 # variables shared with session.sh

driver_ready() {
    client=$(command -v mysql || command -v mariadb) || fail "there is no mysql or mariadb program on the VM"
}

# In quotes, in an option file.
quoted() {
    local text=${1//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

option_file() {
    local key
    printf '[client]\n'
    for key in USER PASSWORD HOST PORT SOCKET; do
        if [[ -n ${setting[DB_$key]} ]]; then
            printf '%s = %s\n' "${key,,}" "$(quoted "${setting[DB_$key]}")"
        fi
    done
}

driver_session() {
    # A client that nothing ends must not stand in the way of the next lock.
    exec {only}>&-
    # One that goes on after an error, as the VM's own option files may set it, would tell of a lock that it was refused.
    local options=(--batch --skip-column-names --unbuffered --skip-reconnect --skip-force --no-auto-rehash
        --connect-timeout="${setting[LOCK_WAIT_SECONDS]}" ${setting[DB_NAME]:+--database="${setting[DB_NAME]}"})
    if [[ -n ${setting[DB_SUDO_USER]} ]]; then
        exec sudo -n -u "${setting[DB_SUDO_USER]}" -- "$client" "${options[@]}" \
            ${setting[DB_USER]:+--user="${setting[DB_USER]}"} ${setting[DB_SOCKET]:+--socket="${setting[DB_SOCKET]}"} \
            ${setting[DB_HOST]:+--host="${setting[DB_HOST]}"} ${setting[DB_PORT]:+--port="${setting[DB_PORT]}"}
    elif [[ -n ${setting[DB_USER]}${setting[DB_PASSWORD]} ]]; then
        # A pipe, readable for this user alone; option files of the VM would win over it and are left out. MySQL reads its
        # login file in spite of that.
        export MYSQL_TEST_LOGIN_FILE=/dev/null
        exec "$client" --defaults-file=<(option_file) "${options[@]}"
    fi
    exec "$client" --defaults-extra-file=<(option_file) "${options[@]}"
}

driver_lock() {
    local wait=${setting[LOCK_WAIT_SECONDS]}
    send "SELECT CONCAT('quiesce-session ', CONNECTION_ID());"
    expect "$((wait + 3))" session || return
    connection=$answer
    seconds_left
    # Writers wait as soon as the next statement does; how long we are silent, the server counts from its end.
    send "SET SESSION lock_wait_timeout = $wait, SESSION wait_timeout = $((left - wait - 3));"
    send "FLUSH TABLES WITH READ LOCK;"
    send "SELECT CONCAT('quiesce-held ', CONNECTION_ID());"
    # A server gives up by itself after the first of these seconds.
    expect "$((wait + 3))" held || return
    held=$answer
    seconds_left
    send "SET SESSION wait_timeout = $left;"
}

driver_release() {
    send "UNLOCK TABLES;"
    send "SELECT CONCAT('quiesce-released ', CONNECTION_ID());"
    expect "${setting[LOCK_WAIT_SECONDS]}" released || return
    released=$answer
}

# The server itself ends the session of a client that no signal ends.
driver_rescue() {
    if [[ -n $stuck && ${connection:-} =~ ^[0-9]+$ ]]; then
        IFS= read -r -t "$rescue_seconds" _ < <(printf 'KILL %s;\n' "$connection" | driver_session >/dev/null 2>&1; echo)
    fi
}
