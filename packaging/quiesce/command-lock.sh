#!/bin/bash
# Holds anything on a VM still that has a command to freeze it and one to thaw it.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
exec "$here/quiesce/lock.sh" command "$@"
