#!/bin/bash
# Checks everything a run needs, with the settings of the environment file: OK, WARN or FAIL. Changes nothing.
#
#   preflight-check.sh [-e FILE] [--json]
set -eu

options=()
if [[ ${1:-} == -e && $# -ge 2 ]]; then
    options=(-e "$2")
    shift 2
fi
exec "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/run-openstack-sync.sh" "${options[@]}" preflight "$@"
