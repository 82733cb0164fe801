#!/bin/bash
# For a RunScript: mysql-lock.sh for the VM of a Bacula job.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
exec "$here/quiesce/wrapper.sh" mysql "$@"
