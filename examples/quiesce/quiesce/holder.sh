#!/bin/bash
# To be sourced by lock.sh: the process on this host that stands for a lock. It keeps the VM's session alive, and what
# happens reaches it as lines in one FIFO: "vm ..." and "end ..." from the connection, "unlock" from lock.sh.
# shellcheck disable=SC2154 # variables shared with who sources this

# Written anew and renamed, so that a reader sees one whole state.
write_state() {
    local key
    state[state]=$1
    state[pid]=$BASHPID
    {
        for key in "${!state[@]}"; do
            printf '%s=%s\n' "$key" "${state[$key]}"
        done
        if ((${#notes[@]} > 0)); then
            printf 'note=%s\n' "${notes[@]}"
        fi
    } >"$file.state.new"
    mv -f -- "$file.state.new" "$file.state"
}

ended() {
    state[reason]=$(printable "$2")
    state[ended]=$(date '+%Y-%m-%d %H:%M:%S')
    write_state "$1"
}

# The connection: our standard input goes to the VM; lines of the VM's session become events, of all others the last one
# is kept for the message. The limit here only catches an ssh that nothing else ends.
connect() {
    local line last='' ssh
    # Not ours to hold: the lock, and the answer that lock.sh waits for.
    exec {lock_file}>&- >/dev/null
    ssh=("${setting[SSH]}" -F none -T -a -x
        -o BatchMode=yes -o StrictHostKeyChecking=yes -o "UserKnownHostsFile=${setting[SSH_KNOWN_HOSTS]}"
        -o GlobalKnownHostsFile=/dev/null -o "HostKeyAlias=$uuid" -o CheckHostIP=no -o UpdateHostKeys=no
        -o IdentitiesOnly=yes -o IdentityAgent=none -o PreferredAuthentications=publickey
        -o "ConnectTimeout=${setting[CONNECT_SECONDS]}" -o ConnectionAttempts=1
        -o "ServerAliveInterval=${setting[HEARTBEAT_SECONDS]}" -o ServerAliveCountMax=3
        -o ClearAllForwardings=yes -o ForwardAgent=no -o ForwardX11=no -o Tunnel=no -o PermitLocalCommand=no
        -o ControlMaster=no -o ControlPath=none -o ProxyCommand=none -o EscapeChar=none -o LogLevel=ERROR
        -i "${setting[SSH_KEY]}" -p "${setting[SSH_PORT]}" -l "${setting[SSH_USER]}"
        -- "${setting[SSH_HOST]}" 'exec bash --norc --noprofile -s')
    timeout --kill-after=5 "$((setting[MAX_LOCK_SECONDS] + holder_patience + 60))" "${ssh[@]}" 2>&1 | {
        while IFS= read -r -n 4000 line || [[ -n $line ]]; do
            if [[ $line == "$nonce "* ]]; then
                printf 'vm %s\n' "$(printable "${line#"$nonce "}")" >&"$control"
            elif [[ -n $line ]]; then
                last=$line
            fi
        done
        printf 'end %s\n' "$(printable "$last")" >&"$control"
    }
}

# What the VM reads: the program, then data that it never takes for program.
feed() {
    local key
    cat -- "$here/vm/session.sh" "$here/vm/$driver.sh"
    printf 'main\n'
    printf '%s=%s\n' nonce "$nonce" driver "$driver"
    for key in MAX_LOCK_SECONDS LOCK_WAIT_SECONDS HEARTBEAT_TIMEOUT FREEZE_COMMAND THAW_COMMAND \
        DB_USER DB_PASSWORD DB_HOST DB_PORT DB_SOCKET DB_NAME DB_SUDO_USER; do
        printf '%s=%s\n' "$key" "${setting[$key]}"
    done
    printf 'end\n'
}

# The File Daemon reads what a RunScript prints until nobody has it open any more, and the holder stays. The shell keeps
# copies of what was redirected, so not only the standard ones are looked at.
keep_no_files() {
    local open
    exec </dev/null 2>/dev/null
    for open in "/proc/$BASHPID/fd/"*; do
        open=${open##*/}
        if ((open > 2 && open != lock_file)); then
            eval "exec $open>&-"
        fi
    done
}

# Runs until the lock is gone, for whatever reason. Its standard output tells lock.sh "held" or "failed REASON". When it
# dies, the connection's input ends, and with that the lock.
hold() {
    local event deadline wait last_words phase=starting
    set +e
    trap '' PIPE HUP INT
    keep_no_files
    nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    exec {control}<>"$file.control"
    exec {vm}> >(connect)
    write_state starting
    feed >&"$vm"
    deadline=$((SECONDS + holder_patience))
    while :; do
        wait=$((deadline - SECONDS))
        if ((wait <= 0)); then
            timed_out
            return
        fi
        ((wait < setting[HEARTBEAT_SECONDS])) || wait=${setting[HEARTBEAT_SECONDS]}
        if ! IFS= read -r -t "$wait" -u "$control" event; then
            # When nobody reads it any more, the event "end" comes.
            printf 'beat\n' >&"$vm"
            continue
        fi
        case $phase:$event in
            'starting:vm held')
                write_state held
                # Nobody waits for it any more: the job was cancelled, so nobody would unlock it either.
                printf 'held\n' || { ended failed 'nobody waited for the lock any more'; return; }
                exec >/dev/null
                phase=held
                deadline=$((SECONDS + setting[MAX_LOCK_SECONDS] + state[patience]))
                ;;
            starting:unlock | 'starting:vm failed '* | 'starting:vm lost '* | starting:end*)
                not_locked "$event"
                return
                ;;
            held:unlock)
                printf 'release\n' >&"$vm"
                phase=releasing
                deadline=$((SECONDS + state[patience]))
                ;;
            'releasing:vm note '*)
                notes+=("${event#vm note }")
                ;;
            'releasing:vm released '*)
                state[milliseconds]=${event##* }
                ended released ''
                return
                ;;
            'held:vm lost '* | 'releasing:vm lost '*)
                ended lost "${event#vm lost }"
                return
                ;;
            held:end* | releasing:end*)
                last_words=${event#end }
                ended lost "the connection to the VM ended${last_words:+: $last_words}"
                return
                ;;
        esac
    done
}

not_locked() {
    local reason=${1#vm }
    case $1 in
        unlock) reason='unlocked before it was locked' ;;
        end\ ?*) reason="the connection to the VM failed: ${1#end }" ;;
        end*) reason='the connection to the VM ended' ;;
    esac
    reason=${reason#failed }
    ended failed "$reason"
    printf 'failed %s\n' "$reason"
}

timed_out() {
    case $phase in
        starting) not_locked "failed the VM did not answer in time" ;;
        held) ended lost 'the limit was reached, and the VM said nothing' ;;
        releasing) ended lost 'the VM did not confirm that it was locked until now' ;;
    esac
}
