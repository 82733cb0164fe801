#!/bin/bash
# Holds a MySQL or MariaDB server on a VM still: FLUSH TABLES WITH READ LOCK.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
exec "$here/quiesce/lock.sh" mysql "$@"
