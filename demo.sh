#!/bin/sh
# Shows the main job on a simulated OpenStack and Director, with a real catalog in an embedded PostgreSQL and real files.
# Needs a JDK 17 or later on Linux, and nothing else.
#
#   ./demo.sh [FOLDER]
#
# FOLDER is where the files go, examples/demo/target/demo-tree if not given. Where a bacula-dir is installed, or named by
# BACULA_DIR, it is asked whether it accepts them.
set -eu

if [ $# -gt 1 ]; then
    echo "usage: $0 [FOLDER]" >&2
    exit 2
fi
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
else
    java=java
fi

echo "Building. The first time, this downloads what it takes." >&2
(cd -- "$here" && ./mvnw -q -DskipTests package -pl examples/demo -am)
demo=$here/examples/demo/target
exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$demo/classes:$demo/lib/*" dev.baculasync.demo.Demo "${1:-$demo/demo-tree}"
