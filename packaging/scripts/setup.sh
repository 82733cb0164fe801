#!/bin/sh
# What install.sh and the scripts of the Debian package have in common: the user, the folders, the configuration and the links
# to scripts. Sourced, never run. What is there already stays as it is, whoever made it.
#
# The one who sources this sets
#   root     the folder that stands for /, or nothing
#   home     where the program is installed to, seen from there
#   files    where its files are now
#   dry      not empty: nothing is changed
#   verbose  not empty: each change is told
#   quiet    not empty: not even warnings are
# shellcheck disable=SC2154 # set by who sources this

umask 022
opt=/opt/bacula
step=
changes=0

# change WHAT COMMAND...: the one way in which anything is changed.
change() {
    step=$1
    shift
    changes=$((changes + 1))
    [ -z "$verbose" ] || printf '%s%s\n' "${dry:+would }" "$step"
    [ -n "$dry" ] || "$@"
    step=
}

# To be called at the end with the exit code: names the step that failed.
tell_failure() {
    [ "$1" -eq 0 ] || [ -z "$step" ] ||
        printf 'ERROR: this failed: %s. What comes after it was not done; mend the cause and run this again\n' "$step" >&2
}

warn() {
    [ -n "$quiet" ] || printf 'WARN: %s\n' "$1" >&2
}

refuse() {
    step=
    printf 'ERROR: %s\n' "$1" >&2
    exit 1
}

known() {
    if [ -n "$root" ]; then
        grep -q "^$2:" "$root/etc/$1"
    else
        getent "$1" "$2" >/dev/null
    fi
}

# UID:GID of the user in that system, which is not always the one that this runs in; nothing if there is none.
owner() {
    if [ -n "$root" ]; then
        sed -n 's/^bacula:[^:]*:\([0-9]*\):\([0-9]*\):.*/\1:\2/p' "$root/etc/passwd"
    elif known passwd bacula; then
        echo "$(id -u bacula):$(id -g bacula)"
    fi
}

# trust FOLDER: sets maker to the one as whom something is made there. Root makes it only where nobody else may change the folder,
# or the way to it: who may can put a link there at any moment, to have root write somewhere else. Where the user bacula may,
# it is made with that user's rights; where others may, not at all.
trust() {
    maker=root
    way=$root
    rest=${1#"$root"}
    while [ -n "$rest" ]; do
        rest=${rest#/}
        way=$way/${rest%%/*}
        case $rest in
            */*) rest=/${rest#*/} ;;
            *) rest= ;;
        esac
        if [ -h "$way" ]; then
            [ "$maker" = root ] || refuse "$way is a link in a folder of the user bacula: nothing is written through it"
            [ -z "$root" ] || refuse "$way is a link, which may lead out of $root"
            rest=$(readlink -f -- "$way")$rest
            way=
        elif [ -e "$way" ]; then
            may_change "$way"
        else
            rest=
        fi
    done
    if [ "$maker" = bacula ] && [ -z "$dry" ] && ! as_trusted test -w "$1"; then
        refuse "the user bacula may change $theirs, but not write to $1: nothing is made there; chown root $theirs, or chmod g-w"
    fi
}

# may_change FOLDER: sets maker to bacula if that user may change what is in it.
may_change() {
    # shellcheck disable=SC2046 # three words
    set -- "$1" $(stat -c '%u %g %a' -- "$1")
    [ "$((0$4 & 02))" -eq 0 ] || refuse "everybody may write to $1: nothing is made there; chmod o-w $1"
    if [ "$2" -ne 0 ] && [ "$2" != "${bacula%:*}" ]; then
        refuse "$1 belongs to the user with the number $2, neither root nor bacula: nothing is made there"
    fi
    if [ "$((0$4 & 020))" -ne 0 ] && [ "$3" -ne 0 ] && [ "$3" != "${bacula#*:}" ]; then
        refuse "the group with the number $3 may write to $1: nothing is made there; chmod g-w $1"
    fi
    if [ "$maker" = root ] && { [ "$2" -ne 0 ] || { [ "$((0$4 & 020))" -ne 0 ] && [ "$3" -ne 0 ]; }; }; then
        maker=bacula
        theirs=$1
    fi
}

# As the one whom trust has found.
as_trusted() {
    if [ "$maker" = root ]; then
        "$@"
    else
        setpriv --reuid="${bacula%:*}" --regid="${bacula#*:}" --clear-groups -- "$@"
    fi
}

is_there() {
    [ -e "$1" ] || [ -h "$1" ]
}

# make_directory MODE OWNER PATH
make_directory() {
    is_there "$root$3" || {
        trust "$root${3%/*}"
        change "make the folder $3 for $2 with mode $1" new_directory "$1" "$2" "$root$3"
    }
}

new_directory() {
    as_trusted mkdir -m "$1" -- "$3"
    give "$2" "$3"
}

# make_file MODE OWNER PATH: from standard input, whole or not at all.
make_file() {
    is_there "$root$3" || {
        trust "$root${3%/*}"
        change "write $3 for $2 with mode $1" new_file "$1" "$2" "$root$3"
    }
}

new_file() {
    # shellcheck disable=SC2016 # the other shell's own
    if as_trusted sh -c 'umask 077; set -C; cat >"$2" && chmod "$1" "$2"' sh "$1" "$3.new.$$" &&
        give "$2" "$3.new.$$" && as_trusted mv -nT -- "$3.new.$$" "$3"; then
        made=0
    else
        made=1
    fi
    as_trusted rm -f -- "$3.new.$$"
    return "$made"
}

# give OWNER PATH: what the user makes is the user's anyway.
give() {
    if [ "$maker" = root ] && [ "$1" = bacula ]; then
        chown -h "$bacula" -- "$2"
    fi
}

# make_link PATH TARGET
make_link() {
    if ! is_there "$root$1"; then
        trust "$root${1%/*}"
        change "link $1 to $2" as_trusted ln -s -- "$2" "$root$1"
    elif [ "$(readlink -- "$root$1")" != "$2" ]; then
        warn "$1 was there before and stays as it is; to have ours instead: ln -sfT $2 $1"
    fi
}

remove_link() {
    if [ "$(readlink -- "$root$1")" = "$2" ]; then
        trust "$root${1%/*}"
        change "remove $1" as_trusted rm -f -- "$root$1"
    fi
}

# each_script COMMAND: with where people and Bacula look for a script, and the script.
each_script() {
    for script in run-openstack-sync.sh preflight-check.sh; do
        "$1" "$opt/scripts/$script" "$home/scripts/$script"
    done
    for script in "$files"/quiesce/*.sh; do
        script=${script##*/}
        "$1" "$opt/scripts/$script" "$home/quiesce/$script"
    done
}

set_up() {
    known group bacula || change "make the group bacula" groupadd ${root:+--prefix "$root"} --system bacula
    known passwd bacula ||
        change "make the user bacula" useradd ${root:+--prefix "$root"} --system --gid bacula \
            --home-dir /var/lib/bacula --no-create-home --shell /usr/sbin/nologin bacula
    bacula=$(owner)
    make_directory 755 root /opt
    make_directory 755 root "$opt"
    make_directory 755 root "$opt/etc"
    make_directory 755 root "$opt/scripts"
    make_directory 750 bacula "$opt/etc/openstack"
    make_directory 750 bacula "$opt/log"
    make_file 640 bacula "$opt/etc/openstack-sync.env" <"$files/etc/openstack-sync.env"
    make_file 600 bacula "$opt/etc/openstack-sync.pgpass" <"$files/etc/openstack-sync.pgpass"
    make_file 640 bacula "$opt/etc/bconsole-openstack-sync.conf" <"$files/etc/bconsole-openstack-sync.conf"
    make_file 640 bacula "$opt/etc/openstack/clients.conf" <"$files/etc/clients.conf"
    # The Director's include line needs it from the beginning.
    make_file 640 bacula "$opt/etc/openstack/director.conf" </dev/null
    each_script make_link
}

take_down() {
    bacula=$(owner)
    each_script remove_link
}

has_systemd() {
    [ -z "$root" ] && [ -d /run/systemd/system ]
}

stop_timer() {
    if has_systemd && systemctl -q is-enabled bacula-openstack-sync.timer 2>/dev/null; then
        change "disable bacula-openstack-sync.timer" systemctl -q disable --now bacula-openstack-sync.timer
    fi
}

# With it, a start takes about 0.7 of the time; the program works without.
make_class_archive() {
    "$root$home/scripts/make-class-archive.sh" ||
        warn "no class archive was made; the program starts more slowly without"
}
