package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the databases are told, for versions that no package brings here. In place of {@code psql} and {@code mysql} stands
 * a script that knows what its version knows, and writes down which process was told what.
 */
@ResourceLock(Vm.LOCK)
class StatementsTest {
    /** Answers what asks for an answer, and ends at what it does not know. */
    private static final String CLIENT = """
            exec 3>>'%1$s'
            echo "$$ options $*" >&3
            echo "$$ login $MYSQL_TEST_LOGIN_FILE" >&3
            while IFS= read -r line; do
                printf '%%s\n' "$$ $line" >&3
                case $line in
                %2$s
                esac
            done
            echo "$$ closed" >&3
            """;

    private static final String PSQL = """
                *"'quiesce-session '"*) echo "quiesce-session $$ %1$s" ;;
                *idle_session_timeout*) [ %1$s -ge 140000 ] || exit 3 ;;
                *"'quiesce-held '"*"%2$s"*) echo "quiesce-held $$ 0/2000028" ;;
                *"%3$s"*) echo "quiesce-label START WAL LOCATION: 0/2000028" ;;
                *"'quiesce-released '"*) echo "quiesce-released $$" ;;
                "SET application_name"*) ;;
                *) echo "ERROR: that function does not exist"; echo "HINT: and so on"; exit 3 ;;
            """;

    @TempDir
    private Path folder;

    private Path log() {
        return folder.resolve("log");
    }

    private VmProgram program(String driver, String client, String cases) throws Exception {
        VmProgram program = new VmProgram(folder, driver, 10, 300);
        VmHome.writeScript(folder.resolve("bin").resolve(client), CLIENT.formatted(log(), cases));
        return program;
    }

    /** What was said to the one client that there was. */
    private List<String> said() throws Exception {
        List<String> lines = Files.readAllLines(log());
        assertThat(lines.stream().map(line -> line.replaceFirst(" .*", "")).distinct())
                .as("one session does it all: %s", lines)
                .hasSize(1);
        return lines.stream().map(line -> line.replaceFirst("^\\d+ ", "")).collect(Collectors.toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "90600; pg_start_backup('bacula-quiesce', true, false); FROM pg_stop_backup(false) s",
                "90624; pg_start_backup('bacula-quiesce', true, false); FROM pg_stop_backup(false) s",
                "100000; pg_start_backup('bacula-quiesce', true, false); FROM pg_stop_backup(false, false) s",
                "110022; pg_start_backup('bacula-quiesce', true, false); FROM pg_stop_backup(false, false) s",
                "120022; pg_start_backup('bacula-quiesce', true, false); FROM pg_stop_backup(false, false) s",
                "130023; pg_start_backup('bacula-quiesce', true, false); FROM pg_stop_backup(false, false) s",
                "140020; pg_start_backup('bacula-quiesce', true, false); FROM pg_stop_backup(false, false) s",
                "150000; pg_backup_start('bacula-quiesce', true); FROM pg_backup_stop(false) s",
                "180000; pg_backup_start('bacula-quiesce', true); FROM pg_backup_stop(false) s"
            })
    void aPostgresIsAskedByTheNamesOfItsVersionAndOneSessionStartsAndStops(String version, String start, String stop)
            throws Exception {
        Run run = program("postgresql", "psql", PSQL.formatted(version, start, stop))
                .start("release");
        assertThat(run.orFail()).isNotEmpty();
        assertThat(VmProgram.told(run))
                .hasSize(3)
                .containsSubsequence("held", "label START WAL LOCATION: 0/2000028")
                .last()
                .asString()
                .startsWith("released ");
        assertThat(said().stream().filter(line -> line.contains(start))).hasSize(1);
        assertThat(said().stream().filter(line -> line.contains(stop))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"90524", "80400", "", "9.6", "a[$(touch pwned)]"})
    void aPostgresThatKnowsNoBackupModeOfASessionIsRefused(String version) throws Exception {
        Run run = program(
                        "postgresql",
                        "psql",
                        PSQL.formatted("150000", "pg_", "pg_")
                                .replace(
                                        "quiesce-session $$ 150000",
                                        "quiesce-session $$ " + version.replace("$", "\\$")))
                .start("release");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(VmProgram.told(run)).hasSize(1).first().asString().contains("before 9.6");
        assertThat(said()).noneMatch(line -> line.contains("backup"));
        assertThat(folder.resolve("runs/pwned")).doesNotExist();
    }

    @Test
    void whatWentWrongIsToldAndNotTheHintAfterIt() throws Exception {
        Run run = program("postgresql", "psql", PSQL.formatted("150000", "pg_start_backup", "pg_stop_backup"))
                .start("release");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(VmProgram.told(run)).containsExactly("failed ERROR: that function does not exist");
    }

    private static final String MYSQL = """
                *"'quiesce-session '"*) echo "quiesce-session $$" ;;
                *"'quiesce-held '"*) echo "quiesce-held $$" ;;
                *"'quiesce-released '"*) echo "quiesce-released $$" ;;
            """;

    /** Each of these is in the manuals of MySQL 5.7 and 8.0 as well as in MariaDB's; what comes anew must be, too. */
    @Test
    void whatAMySqlServerIsToldIsKnownToMySqlAndMariaDb() throws Exception {
        program("mysql", "mysql", MYSQL)
                .with("DB_USER", "u")
                .with("DB_PASSWORD", "p")
                .start("release")
                .orFail();
        List<String> said = said();
        assertThat(said.stream().map(line -> line.replaceAll("\\d+", "N").replaceAll("/dev/fd/N", "PIPE")))
                .containsExactly(
                        "options --defaults-file=PIPE --batch --skip-column-names --unbuffered --skip-reconnect"
                                + " --skip-force --no-auto-rehash --connect-timeout=N",
                        "login /dev/null",
                        "SELECT CONCAT('quiesce-session ', CONNECTION_ID());",
                        "SET SESSION lock_wait_timeout = N, SESSION wait_timeout = N;",
                        "FLUSH TABLES WITH READ LOCK;",
                        "SELECT CONCAT('quiesce-held ', CONNECTION_ID());",
                        "SET SESSION wait_timeout = N;",
                        "UNLOCK TABLES;",
                        "SELECT CONCAT('quiesce-released ', CONNECTION_ID());",
                        "closed");
    }

    @Test
    void aMySqlServerElsewhereIsReachedUnderSudoAsWell() throws Exception {
        VmProgram program = program("mysql", "mysql", MYSQL)
                .with("DB_SUDO_USER", "admin")
                .with("DB_HOST", "db.example")
                .with("DB_PORT", "3307");
        program.program("sudo", "shift 4; exec \"$@\"\n");
        program.start("release").orFail();
        assertThat(said().get(0)).endsWith(" --host=db.example --port=3307");
    }
}
