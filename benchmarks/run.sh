#!/bin/sh
# Whole runs of the built command line, measured side by side with something plain. Needs a JDK 17 or later on Linux.
#
#   benchmarks/run.sh [nothing-to-do] [first-sync] [known-jobs] [removal] [many-jobs] [changing-run]      all but the last if none is named
#
#   nothing-to-do   sync of 10 instances x 10,000 VMs that are all as they should be, against
#                   find BASE_DIR -name job -exec cat {} +; 5 rounds, alternating. Aim: at most 4 times as long, 512 MiB.
#   first-sync      first sync of 10,000 VMs, against a loop that writes and forces the same files and does nothing else;
#                   3 rounds, alternating. Aim: at most 1.5 times as long.
#   known-jobs      reading the names of 10,000 jobs from the catalog, with 30 and with 300 runs of each, against the SELECT
#                   DISTINCT of the tool before; 5 rounds, alternating. Aim: 6 times as fast at 300, and no slower than at 30.
#   many-jobs       removing 1,995 small jobs one by one, and the preview of that, against the bare DELETE statements for all
#   removal         removing a job of 1,000 runs and 1,000,000 File rows from the catalog, against the bare DELETE statements;
#                   3 rounds, alternating. Aim: at most twice as long, and no more memory than for a tenth of the rows.
#   changing-run    what a run that changes something asks the Director, with 100 jobs and with 10,000; 3 rounds, and the plain
#                   "status dir" of before once. Aim: ".status dir header" takes at most 1.5 times as long. What a job is
#                   printed or read by grows with the jobs, and its line says so. Needs Bacula's packages as test.sh unpacks
#                   them; BACULA_HOME names the folder, else it is test.sh's.
#
# The catalog is an embedded PostgreSQL; bconsole is a script that prints lists. Everything is written to a new folder in
# TMPDIR, which decides what file system is measured, and is removed at the end; it takes about 2 GB.
# BENCH_VMS and BENCH_INSTANCES change the sizes, JAVA_OPTS reaches the measured program.
set -eu

for name in "$@"; do
    case $name in
        nothing-to-do | first-sync | known-jobs | removal | many-jobs | changing-run) ;;
        *)
            echo "usage: $0 [nothing-to-do] [first-sync] [known-jobs] [removal] [many-jobs] [changing-run]" >&2
            exit 2
            ;;
    esac
done
[ $# -gt 0 ] || set -- nothing-to-do first-sync known-jobs removal many-jobs

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
else
    java=java
fi
(cd -- "$here" && ./mvnw -q -DskipTests package -pl benchmarks,examples/cli -am)

work=$(mktemp -d "${TMPDIR:-/tmp}/baculasync-benchmark.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$work/tmp"
bacula=${BACULA_HOME:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/bacula-openstack-sync/bacula-2}
"$java" -Djava.io.tmpdir="$work/tmp" -Dbacula.home="$bacula" -cp "$here/benchmarks/target/classes:$here/benchmarks/target/lib/*" \
    dev.baculasync.benchmarks.Benchmarks \
    "$here/examples/cli/target/bacula-openstack-sync/bin/bacula-openstack-sync" "$work" \
    "${BENCH_VMS:-10000}" "${BENCH_INSTANCES:-10}" "$@"
