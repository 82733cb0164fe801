#!/bin/bash
# Holds a PostgreSQL server on a VM in backup mode: pg_backup_start, pg_backup_stop.
set -euo pipefail
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
exec "$here/quiesce/lock.sh" postgresql "$@"
