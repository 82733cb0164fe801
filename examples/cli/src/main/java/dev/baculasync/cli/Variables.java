package dev.baculasync.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** The environment variables and what the help says about them. */
final class Variables {
    private Variables() {}

    /** Names and meanings, in the order in which they are shown; "default" is what holds when a variable is not set. */
    static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        help.put("CLIENTS_CONF", "the client definition file (default ./clients.conf)");
        help.put("BASE_DIR", "root of the generated directory tree (default /opt/bacula/etc/openstack)");
        help.put("JOBDEFS", "JobDefs of VMs and instances that name none (default DefaultJob)");
        help.put(
                "JOBDEFS_ALLOWED", "comma-separated JobDefs that a VM's tag may choose (unset: any of the Director's)");
        help.put(
                "POLICY_DRIFT",
                "when a job no longer names the JobDefs, client or proxy that it should: report or update (default report)");
        help.put("STORAGE", "Storage of generated jobs (default File1)");
        help.put("POOL", "Pool of generated jobs (default Default)");
        help.put("SCHEDULE", "Schedule of generated jobs (default WeeklyCycle)");
        help.put("MESSAGES", "Messages of generated jobs (default Standard)");
        help.put("DEDUP_ALGO", "dedup of generated FileSets; none leaves the line out (default sha256)");
        help.put("GRACE_DAYS", "days a VM may be absent before its job is disabled (default 14)");
        help.put(
                "MAX_DISABLE_PERCENT",
                "of an instance's enabled jobs, the most that one run may disable, purge, or leave out of director.conf (default 30)");
        help.put("MAX_DISABLE_MIN", "up to this many are always allowed (default 10)");
        help.put(
                "CLEANUP_AFTER_DAYS",
                "days a job must be disabled before it and all its backups are purged (unset: never)");
        help.put(
                "OPENSTACK_WORK_DIR",
                "where the plugin keeps files between backups, if this host is a proxy (default"
                        + " /opt/bacula/working/openstack)");
        help.put("DRYRUN", "1 = report all actions, change nothing (default 0)");
        help.put("RELOAD_AFTER_SYNC", "1 = tell the Director to reload after files have changed (default 0)");
        help.put(
                "DIRECTOR_CHECK",
                "command that checks the Director's configuration before a reload, e.g. bacula-dir -t -c FILE (unset: none)");
        help.put("PARALLEL", "OpenStack instances handled at once, 1 to 64 (default 4)");
        help.put("FILE_THREADS", "files read and written at once, 1 to 64 (default 8)");
        help.put("BCONSOLE", "the bconsole program (default bconsole, looked up in PATH)");
        help.put("BCONSOLE_CONF", "its configuration file (unset: the one it was built with)");
        help.put("B_CONSOLE, B_CONSOLE_CONF", "other spellings of these two");
        help.put("BCONSOLE_TIMEOUT", "seconds before a bconsole process is killed (default 300)");
        help.put("BCONSOLE_MAX_OUTPUT", "cap on what one bconsole process may print (default 256M)");
        help.put(
                "QUERY_ATTRIBUTES",
                "further harmless keys in the answer of .query, comma-separated (unset: only those of the manual)");
        help.put("DB_HOST", "the catalog's PostgreSQL server (default localhost)");
        help.put("DB_PORT", "its port (default 5432)");
        help.put("DB_NAME", "the catalog's database (default bacula)");
        help.put("DB_USER", "its user (default bacula)");
        help.put("DB_TLS", "1 = TLS, certificate verified; unverified = TLS, not verified (default 0)");
        help.put("DB_TLS_CA", "file with the CA certificate for DB_TLS=1 (unset: Java's own)");
        help.put("PGPASSWORD", "the user's password (unset: looked up in PGPASSFILE)");
        help.put("PGPASSFILE", "file with passwords, mode 600 (default ~/.pgpass)");
        help.put(
                "OS_AUTH_URL, OS_...",
                "as in an openrc file (OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME, OS_CACERT, ...); only for preflight,"
                        + " which logs in to Keystone with them, and tells which it does not use");
        help.put(
                "TZ",
                "zone of the times in job files, as the C library reads it: a name, a file or a fixed offset (unset:"
                        + " /etc/localtime)");
        help.put("LOG_LEVEL", "error, warn, info, debug or trace (default warn)");
        help.put("RUST_LOG", "read when LOG_LEVEL is unset");
        help.put("NO_COLOR", "set = no colours on a terminal");
        return help;
    }
}
