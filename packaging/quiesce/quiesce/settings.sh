#!/bin/bash
# To be sourced: the settings, where they come from and what is a legal value. Nothing here is ever run as a command.
# shellcheck disable=SC2034,SC2154 # variables shared with who sources this

export LC_ALL=C
PATH=${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin
umask 077

etc=${QUIESCE_ETC:-/opt/bacula/etc/quiesce}
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")

declare -A setting=(
    [BASE_DIR]=/opt/bacula/etc/openstack
    [STATE_DIR]=/run/bacula-quiesce
    [MAX_LOCK_SECONDS]=300
    [LOCK_WAIT_SECONDS]=10
    [CONNECT_SECONDS]=10
    [HEARTBEAT_SECONDS]=5
    [HEARTBEAT_TIMEOUT]=20
    [OPENSTACK]=openstack
    [SSH]=ssh
    [SSH_HOST]=''
    [SSH_PORT]=22
    [SSH_USER]=root
    [SSH_KEY]=$etc/id_ed25519
    [SSH_KNOWN_HOSTS]=$etc/known_hosts
    [DB_USER]=''
    [DB_PASSWORD]=''
    [DB_HOST]=''
    [DB_PORT]=''
    [DB_SOCKET]=''
    [DB_NAME]=''
    [DB_SUDO_USER]=''
    [FREEZE_COMMAND]=''
    [THAW_COMMAND]=''
)

say() {
    printf '%s: %s\n' "$program" "$*"
}

# die CODE TEXT: 1 for what went wrong, 2 for a wrong call or setting.
die() {
    local code=$1
    shift
    say "$*" >&2
    exit "$code"
}

# What others wrote, fit for a message.
printable() {
    local text=${1//[^[:print:]]/?}
    printf '%s' "${text:0:500}"
}

# Whole seconds since this host started: the time of day may be set while we wait.
clock() {
    IFS='. ' read -r now _ </proc/uptime
}

is_uuid() {
    [[ $1 =~ ^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$ ]]
}

# trusted FILE-OR-FD BITS: it is ours or root's, and its mode has none of the bits (octal).
trusted() {
    local owner mode
    read -r owner mode < <(stat -L -c '%u %a' -- "$1") || return 1
    [[ ($owner == "$EUID" || $owner == 0) && $((8#$mode & 8#$2)) -eq 0 ]]
}

# Reads KEY=VALUE lines, each value as it stands there but for one pair of quotes around it.
read_settings() {
    local file=$1 fd line key value number=0
    trusted "$etc" 022 || die 2 "$etc must belong to the user that runs this, and nobody else may write to it"
    [[ ! -L $file && -f $file ]] || die 2 "$file is not a plain file"
    exec {fd}<"$file" || die 2 "cannot read $file"
    # Of the open file: the name could lead elsewhere by now.
    trusted "/proc/self/fd/$fd" 177 ||
        die 2 "$file is refused: it must belong to the user that runs this, with mode 600"
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
        [[ $line == *=* ]] || die 2 "$file, line $number: not KEY=VALUE"
        key=${line%%=*} value=${line#*=}
        [[ $key =~ ^[A-Z_]+$ && (-v setting[$key] || $key == OS_*) ]] || die 2 "$file, line $number: unknown key"
        if [[ $key == STATE_DIR || $key == BASE_DIR ]] && [[ $file != "$etc/quiesce.env" ]]; then
            die 2 "$file, line $number: $key belongs into quiesce.env"
        fi
        if [[ ${#value} -ge 2 && ($value == \"*\" || $value == \'*\') ]]; then
            value=${value:1:${#value}-2}
        fi
        [[ $value != *[[:cntrl:]]* ]] || die 2 "$file, line $number: a control character in the value of $key"
        setting[$key]=$value
    done <&"$fd"
    exec {fd}<&-
}

# must KEY REGEX WHAT: an empty value passes only if the pattern takes it.
must() {
    [[ ${setting[$1]} =~ $2 ]] || die 2 "$1 is refused: $3"
}

must_be_number() {
    must "$1" '^[1-9][0-9]{0,4}$' 'it must be a whole number'
    ((setting[$1] >= $2 && setting[$1] <= $3)) || die 2 "$1 is refused: it must be from $2 to $3"
}

must_be_path() {
    must "$1" '^/[A-Za-z0-9._/+-]+$' 'it must be an absolute path of letters, digits and . _ / + -'
}

# The file for all VMs, if there is one, and what every command needs of it.
read_common_settings() {
    local file=$etc/quiesce.env
    # What is in a folder that is closed to us looks as if it were not there, and its defaults would be taken.
    [[ -d $etc && -x $etc ]] ||
        die 2 "$etc (QUIESCE_ETC) is not there, or $(id -un) may not enter it: the settings belong there, in a folder of that user"
    if [[ -e $file || -L $file ]]; then
        read_settings "$file"
    fi
    must_be_path STATE_DIR
    must_be_path BASE_DIR
}

# The folder where the locks are; made if it is not there.
open_state() {
    local folder=${setting[STATE_DIR]} parent
    parent=$(dirname -- "$folder")
    [[ -d $parent ]] || die 2 "STATE_DIR: there is no folder $parent"
    mkdir -m 700 -- "$folder" 2>/dev/null || [[ -d $folder ]] || die 2 "cannot make $folder (STATE_DIR); where $(id -un) may not, let it name a folder that this user may make"
    if [[ -L $folder || ! -O $folder ]] || ! trusted "$folder" 077; then
        die 2 "$folder (STATE_DIR) is refused: it must be a folder of the user that runs this, with mode 700"
    fi
}

# Reads a state file into the array state; it is ours alone, line by line KEY=VALUE.
read_state() {
    local line
    state=() labels=()
    [[ -f $1 ]] || return 1
    while IFS= read -r line; do
        case $line in
            label=*) labels+=("${line#label=}") ;;
            *=*) state[${line%%=*}]=${line#*=} ;;
        esac
    done <"$1"
    [[ -n ${state[state]:-} ]]
}
