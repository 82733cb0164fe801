#!/bin/bash
# To be sourced by lock.sh: the process on this host that stands for a lock. It keeps the VM's session alive, and what
# happens reaches it as lines in one FIFO: "vm ..." and "end ..." from the connection, "unlock" from lock.sh.
# shellcheck disable=SC2154 # variables shared with who sources this

# Written anew and renamed, so that a reader sees one whole state; what cannot be written leaves the state before.
write_state() {
    local key
    state[state]=$1
    state[pid]=$BASHPID
    {
        for key in "${!state[@]}"; do
            printf '%s=%s\n' "$key" "${state[$key]}" || return
        done
        if ((${#labels[@]} > 0)); then
            printf 'label=%s\n' "${labels[@]}" || return
        fi
    } >"$file.state.new" && mv -f -- "$file.state.new" "$file.state"
} 2>/dev/null

ended() {
    state[reason]=$(printable "$2")
    state[ended]=$(date '+%Y-%m-%d %H:%M:%S')
    write_state "$1"
}

# What comes from the VM: lines of its session become events, of all others the last one is kept for the message. A VM may
# say what it likes, but not endlessly; no honest one says that much.
listen() {
    local line last='' count=0
    while IFS= read -r -n 1000 line || [[ -n $line ]]; do
        if ((++count > 1000)); then
            last='the VM does not stop talking'
            break
        elif [[ $line == "$nonce "* ]]; then
            # When nobody is there to hear it, nobody waits for it either.
            printf 'vm %s\n' "$(printable "${line#"$nonce "}")" >&"$events" || return
        elif [[ -n $line ]]; then
            last=$line
        fi
    done
    printf 'end %s\n' "$(printable "$last")" >&"$events"
}

# The connection: our standard input goes to the VM. The limit here only catches an ssh that nothing else ends.
connect() {
    local ssh
    # Not ours to hold: the lock, the answer that lock.sh waits for, and the FIFO's end for reading.
    exec {lock_file}>&- {control}<&- >/dev/null
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
    exec timeout --kill-after=5 "$((setting[MAX_LOCK_SECONDS] + holder_patience + 60))" "${ssh[@]}" > >(listen) 2>&1 \
        {events}>&-
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
    local connection
    set +e
    trap '' PIPE HUP INT
    keep_no_files
    nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    # Opened both ways, or it would wait for somebody. Who writes to it must have no end for reading: it would wait for
    # itself when the holder has died.
    exec {control}<>"$file.control"
    exec {events}>"$file.control"
    exec {vm}> >(connect)
    connection=$!
    if write_state starting; then
        feed >&"$vm"
        follow
    else
        not_locked "failed cannot write to $file.state"
    fi
    # An ssh that still tries would lock when nobody wants it any more.
    kill "$connection" 2>/dev/null
}

# Takes one event after the other, and beats in between however many there are.
follow() {
    local event part begun='' deadline beat_at until last_words left_out=0 phase=starting
    clock
    deadline=$((now + holder_patience)) beat_at=$now
    while :; do
        clock
        if ((now >= deadline)); then
            timed_out
            return
        fi
        if ((now >= beat_at)); then
            # When nobody reads it any more, the event "end" comes.
            printf 'beat\n' >&"$vm"
            beat_at=$((now + setting[HEARTBEAT_SECONDS]))
        fi
        until=$((beat_at < deadline ? beat_at : deadline))
        # The time may be up in the middle of a line; its rest comes next.
        IFS= read -r -t "$((until - now))" -u "$control" part || { begun+=$part; continue; }
        event=$begun$part begun=
        case $phase:$event in
            'starting:vm held')
                write_state held || { not_locked "failed cannot write to $file.state"; return; }
                # Nobody waits for it any more: the job was cancelled, so nobody would unlock it either.
                printf 'held\n' || { ended failed 'nobody waited for the lock any more'; return; }
                exec >/dev/null
                phase=held
                clock
                deadline=$((now + setting[MAX_LOCK_SECONDS]))
                ;;
            starting:unlock | 'starting:vm failed '* | 'starting:vm lost '* | starting:end*)
                not_locked "$event"
                return
                ;;
            held:unlock)
                printf 'release\n' >&"$vm"
                phase=releasing
                clock
                deadline=$((now + state[patience]))
                ;;
            'releasing:vm label '*)
                # One of full length may have been cut.
                if ((${#labels[@]} < 100 && ${#event} < 503)); then
                    labels+=("${event#vm label }")
                else
                    left_out=$((left_out + 1))
                fi
                ;;
            'releasing:vm released '*)
                if ((left_out > 0)); then
                    labels+=("NOT WHOLE: $left_out more lines are left out")
                fi
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
