#!/bin/sh
# Runs all tests, those against a real Bacula and PostgreSQL included. Needs a JDK 17 or later; arguments go to Maven.
# Bacula's Debian packages are unpacked into a cache folder, not installed; nothing of them runs outside the tests.
set -eu
cd "$(dirname "$0")"

# What the daemons need beside Debian's base system; unpacked with them, or installed when libraries are still missing.
libraries='libwrap0 liblzo2-2 libpq5'
# Moves the clock of the program under test.
clock='libfaketime'
more_libraries='libacl1 libcap2 libreadline8 libssl3'
home="${XDG_CACHE_HOME:-${HOME:-$PWD/target}/.cache}/bacula-openstack-sync/bacula-2"

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

# In a folder of its own that is renamed when all is there, so that an interrupted run leaves no half of it.
unpack_bacula() {
    mkdir -p "$(dirname "$home")"
    fresh=$(mktemp -d "$home.XXXXXX")
    if (
        mkdir "$fresh/packages"
        cd "$fresh/packages"
        if ! download >log 2>&1 && ! { is_root && apt update >>log 2>&1 && download >>log 2>&1; }; then
            tail -n 1 log >&2
            exit 1
        fi
        for package in ./*.deb; do
            dpkg -x "$package" .. || exit 1
        done
        rm -rf "$fresh/packages"
    ); then
        # Another run may have been faster.
        [ -d "$home" ] || mv "$fresh" "$home"
    fi
    rm -rf "$fresh"
    [ -d "$home" ]
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
        if ! unpack_bacula; then
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

if get_bacula; then
    set -- "-Dbacula.home=$home" "$@"
elif [ "${CI:-}" = true ]; then
    say "CI=true, and without Bacula tests would be skipped: giving up"
    exit 1
else
    say "going on; the tests that need Bacula will be skipped"
fi

exec ./mvnw -B -ntp verify "$@"
