#!/bin/bash
# Runs bacula-openstack-sync with the settings of the environment file: as an Admin job, from a timer, or by hand.
#
#   run-openstack-sync.sh [-e FILE] [COMMAND...]
#
# FILE is /opt/bacula/etc/openstack-sync.env if not given. The exit code is the program's.
set -u

fail() {
    printf 'ERROR: %s\n' "$1" >&2
    exit 2
}

self=$(readlink -f -- "${BASH_SOURCE[0]}")
settings=/opt/bacula/etc/openstack-sync.env
if [[ ${1:-} == -e ]]; then
    [[ $# -ge 2 ]] || fail "-e needs the name of an environment file"
    settings=$2
    shift 2
fi
[[ -f $settings ]] || fail "there is no environment file $settings; copy etc/openstack-sync.env there, or name another with -e"

# The file is run as shell code, and its owner is who the program is for: files that root makes once are files that the
# owner's later runs cannot change.
owner=$(stat -L -c %U -- "$settings")
mode=$(stat -L -c %a -- "$settings")
(((8#$mode & 8#022) == 0)) || fail "$settings has mode $mode, so others than its owner may change what runs here: chmod 640 $settings"
if [[ $(id -u) -eq 0 && $owner != root ]]; then
    exec runuser -u "$owner" -- "$self" -e "$(readlink -f -- "$settings")" "$@"
fi
[[ -r $settings ]] || fail "$(id -un) may not read $settings, which belongs to $owner; run this as $owner"

# A Director and a timer hand down little, and nothing that can be relied on.
PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 027
exec </dev/null
set -a
# shellcheck source=/dev/null
. "$(readlink -f -- "$settings")" || fail "$settings cannot be read to its end"
set +a

program=$(dirname -- "$self")/../bin/bacula-openstack-sync
[[ -x $program ]] || program=$(command -v bacula-openstack-sync) ||
    fail "bacula-openstack-sync is neither beside $self nor on PATH"

if [[ -n ${SYNC_LOG:-} && ! -t 1 ]]; then
    {
        printf -- '--- %(%F %T)T %s\n' -1 "${*:-sync}"
        "$program" "$@"
    } 2>&1 | tee -a -- "$SYNC_LOG"
    # Not tee's: a full disk does not turn a good run into a failed one.
    exit "${PIPESTATUS[0]}"
fi
exec "$program" "$@"
