#!/bin/sh
# Runs all tests, those against a real Bacula and PostgreSQL included. Needs a JDK 17 or later; arguments go to Maven.
# Debian's packages of Bacula, of what runs on a VM in the tests of quiescing, and of what a host has that the program is
# installed on, are unpacked into a cache folder, not installed; nothing of them runs outside the tests.
set -eu
cd "$(dirname "$0")"

# What the daemons need beside Debian's base system; unpacked with them, or installed when libraries are still missing.
libraries='libwrap0 liblzo2-2 libpq5'
# Moves the clock of the program under test.
clock='libfaketime'
more_libraries='libacl1 libcap2 libreadline8 libssl3'
cache="${XDG_CACHE_HOME:-${HOME:-$PWD/target}/.cache}/bacula-openstack-sync"
home="$cache/bacula-2"
vm_home="$cache/vm-1"
host_home="$cache/host-1"

say() {
    printf 'test.sh: %s\n' "$*" >&2
}

apt() {
    apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

is_root() {
    [ "$(id -u)" -eq 0 ]
}

download() {
    # shellcheck disable=SC2086 # a list of packages
    apt download bacula-director bacula-director-pgsql bacula-common bacula-common-pgsql bacula-console bacula-fd \
        bacula-sd $libraries $clock
}

# The packages of a VM with databases, and the libraries that apt would install with them here.
download_vm() {
    postgresql=$(apt-cache depends postgresql | sed -n 's/.*Depends: \(postgresql-[0-9]*\)$/\1/p')
    [ -n "$postgresql" ] || return 1
    set -- openssh-server openssh-client mariadb-server-core mariadb-client-core "$postgresql" \
        "postgresql-client-${postgresql#postgresql-}" jq libnss-wrapper
    needed=$(apt-get -s install --no-install-recommends "$@" |
        sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p' | grep -v -e perl -e llvm -e -dev -e libnss-wrapper) || needed=
    # shellcheck disable=SC2086 # a list of packages
    apt download "$@" $needed
}

# The packages of an installed host, beside Debian's base system: psql, logrotate, systemd's check of units.
download_host() {
    client=$(apt-cache depends postgresql-client | sed -n 's/.*Depends: \(postgresql-client-[0-9]*\)$/\1/p')
    [ -n "$client" ] || return 1
    set -- "$client" logrotate systemd
    needed=$(apt-get -s install --no-install-recommends "$@" | sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p') || needed=
    # shellcheck disable=SC2086 # a list of packages
    apt download "$@" $needed libpq5 libpopt0
}

# unpack FOLDER DOWNLOAD: in a folder of its own that is renamed when all is there, so that an interrupted run leaves no
# half of it.
unpack() {
    mkdir -p "$(dirname "$1")"
    fresh=$(mktemp -d "$1.XXXXXX")
    if (
        mkdir "$fresh/packages"
        cd "$fresh/packages"
        if ! "$2" >log 2>&1 && ! { is_root && apt update >>log 2>&1 && "$2" >>log 2>&1; }; then
            tail -n 1 log >&2
            exit 1
        fi
        for package in ./*.deb; do
            dpkg -x "$package" .. || exit 1
        done
        rm -rf "$fresh/packages"
    ); then
        # Another run may have been faster.
        [ -d "$1" ] || mv "$fresh" "$1"
    fi
    rm -rf "$fresh"
    [ -d "$1" ]
}

library_path() {
    printf '%s:' "$home"/usr/lib/bacula "$home"/usr/lib/*-linux-* "$home"/lib/*-linux-*
}

missing_libraries() {
    LD_LIBRARY_PATH=$(library_path) ldd "$home"/usr/sbin/bacula-dir "$home"/usr/sbin/bacula-fd \
        "$home"/usr/sbin/bacula-sd "$home"/usr/sbin/bconsole "$home"/usr/lib/bacula/*.so |
        sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | sort -u
}

# Leaves Bacula in $home, or says in one line why not.
get_bacula() {
    if [ ! -d "$home" ]; then
        if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
            say "no apt-get and dpkg here, so no Bacula to test with"
            return 1
        fi
        say "unpacking Bacula into $home"
        if ! unpack "$home" download; then
            say "cannot download Bacula's packages (\"apt-get update\" as root may help)"
            return 1
        fi
    fi
    if [ -n "$(missing_libraries)" ] && is_root; then
        # shellcheck disable=SC2086 # lists of packages
        { apt update && apt install -y --no-install-recommends $libraries $more_libraries; } >/dev/null
    fi
    missing=$(missing_libraries)
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086 # a list of libraries
        say "Bacula lacks" $missing "- install them: apt-get install $libraries $more_libraries"
        return 1
    fi
}

# Leaves what runs on a VM in $vm_home, or says in one line why not.
get_vm() {
    if [ ! -d "$vm_home" ]; then
        if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
            say "no apt-get and dpkg here, so no databases to quiesce in tests"
            return 1
        fi
        say "unpacking an SSH server, MariaDB and PostgreSQL into $vm_home"
        if ! unpack "$vm_home" download_vm; then
            say "cannot download the packages of a VM (\"apt-get update\" as root may help)"
            return 1
        fi
    fi
    missing=$(LD_LIBRARY_PATH=$(printf '%s:' "$vm_home"/usr/lib/*-linux-* "$vm_home"/lib/*-linux-*) \
        ldd "$vm_home"/usr/sbin/sshd "$vm_home"/usr/sbin/mariadbd "$vm_home"/usr/bin/mariadb "$vm_home"/usr/bin/jq \
        "$vm_home"/usr/lib/postgresql/*/bin/postgres "$vm_home"/usr/lib/postgresql/*/bin/psql |
        sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | sort -u)
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086 # a list of libraries
        say "what runs on a VM lacks" $missing
        return 1
    fi
}

# Leaves what an installed host has in $host_home, or says in one line why not.
get_host() {
    if [ ! -d "$host_home" ]; then
        if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
            say "no apt-get and dpkg here, so no psql, logrotate and systemd to test with"
            return 1
        fi
        say "unpacking psql, logrotate and systemd into $host_home"
        if ! unpack "$host_home" download_host; then
            say "cannot download the packages of a host (\"apt-get update\" as root may help)"
            return 1
        fi
    fi
    missing=$(LD_LIBRARY_PATH=$(printf '%s:' "$host_home"/usr/lib/*-linux-*/systemd "$host_home"/usr/lib/*-linux-* \
        "$host_home"/lib/*-linux-*) \
        ldd "$host_home"/usr/sbin/logrotate "$host_home"/usr/bin/systemd-analyze "$host_home"/usr/lib/postgresql/*/bin/psql |
        sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | sort -u)
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086 # a list of libraries
        say "what a host has lacks" $missing
        return 1
    fi
}

without() {
    if [ "${CI:-}" = true ]; then
        say "CI=true, and without $1 tests would be skipped: giving up"
        exit 1
    fi
    say "going on; the tests that need $1 will be skipped"
}

if get_bacula; then
    set -- "-Dbacula.home=$home" "$@"
else
    without Bacula
fi
if get_vm; then
    set -- "-Dvm.home=$vm_home" "$@"
else
    without "a VM's programs"
fi

if get_host; then
    set -- "-Dhost.home=$host_home" "$@"
else
    without "a host's programs"
fi

exec ./mvnw -B -ntp -T 1C verify "$@"
