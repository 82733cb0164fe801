package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code preflight} against the real Director and catalog: all is well, and what an operator gets wrong. */
class PreflightTest {
    private static final String WEB = "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";

    @TempDir
    private static Path folder;

    private static Site site;
    private static Path passwords;
    private Program program;

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
        RealBacula bacula = site.bacula();
        mode(bacula.baseDir(), "rwxr-x---");
        mode(bacula.bconsoleConf(), "rw-------");
        passwords = Files.writeString(
                folder.resolve("pgpass"),
                String.join(
                        ":",
                        bacula.catalog().host(),
                        Integer.toString(bacula.catalog().port()),
                        "*",
                        CatalogDatabase.USER,
                        CatalogDatabase.PASSWORD));
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void reset() throws Exception {
        site.reset();
        site.answer(WEB);
        mode(passwords, "rw-------");
        program = site.program()
                .with("DIRECTOR_CHECK", site.bacula().checkCommand())
                .with("PGPASSFILE", passwords.toString())
                .without("PGPASSWORD");
    }

    @Test
    void aSoundInstallationHasNoFailBeforeAndAfterTheFirstRun() throws Exception {
        program.with("CLEANUP_AFTER_DAYS", "90");
        for (int jobs : List.of(0, 2)) {
            Program.Result result = program.run("preflight", "--json");
            assertThat(result.exitCode()).as("%s%s", result.out(), result.err()).isZero();
            assertThat(result.err()).isEmpty();
            assertThat(found(result, "FAIL")).isEmpty();
            assertThat(found(result, "WARN"))
                    .as("the launcher is not on PATH here, there is no OpenStack, and nothing is scheduled")
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("Director resources/Schedule WeeklyCycle: it has no Run line"))
                    .anyMatch(line -> line.startsWith("Binary/PATH: "))
                    .anyMatch(line -> line.startsWith("OpenStack API/Keystone: not checked"));
            assertThat(found(result, "OK"))
                    .anyMatch(line -> line.startsWith("bconsole/connection: test-dir Version: 9.6.7"))
                    .contains(
                            "bconsole/command .jobs: allowed",
                            "bconsole/command show: allowed",
                            "bconsole/command list: allowed",
                            "bconsole/command purge: allowed",
                            "PostgreSQL catalog/rights to remove: cleanup may remove what it must",
                            "PostgreSQL catalog/version: 16",
                            ".query per client/" + Site.CLIENT + ": 1 VM",
                            "Director resources/Messages Standard: there",
                            "Director resources/Client " + Site.CLIENT + ": there",
                            "Director configuration/loaded jobs: the Director has all " + jobs
                                    + " jobs that are on disk");
            site.sync(program, 0);
        }
    }

    @Test
    void whatOperatorsGetWrongIsFoundAtOnce() throws Exception {
        RealBacula bacula = site.bacula();
        Path console = narrowConsole("narrow", ".status, status, show, .jobs");
        String include = RealBacula.Include.DIRECTOR_CONF.line(bacula.baseDir());
        String slow = "@|sh -c 'find " + bacula.baseDir()
                + " -type f \\( -name job -o -name fileset \\) -print0 | xargs -0 -I{} echo @{}'";
        Files.writeString(
                bacula.directorFile(), Files.readString(bacula.directorFile()).replace(include, slow));
        mode(passwords, "rw-r--r--");
        Program.Result result = program.with("BCONSOLE_CONF", console.toString())
                .with("JOBDEFS", "NoSuchJobDefs")
                .with("SCHEDULE", "weeklycycle")
                .with("DEDUP_ALGO", "sha256")
                .with("CLEANUP_AFTER_DAYS", "90")
                .with("GRACE_DAYS", "soon")
                .run("preflight", "--json");
        assertThat(result.exitCode()).as("%s%s", result.out(), result.err()).isEqualTo(1);
        List<String> fails = found(result, "FAIL");
        for (String fault : List.of(
                "bconsole/command reload: the Director refuses it",
                "bconsole/command list: the Director refuses it",
                "bconsole/command purge: the Director refuses it",
                "PostgreSQL catalog/password: PGPASSFILE: the password file " + passwords,
                "PostgreSQL catalog/connection: not checked",
                "Runtime config/GRACE_DAYS: \"soon\"",
                "Runtime config/PGPASSFILE: the password file " + passwords,
                "Director resources/JobDefs NoSuchJobDefs: ",
                "Director resources/Schedule weeklycycle: ",
                "Deduplication/DEDUP_ALGO: dedup = sha256 is an error of the whole configuration")) {
            assertThat(fails).as(fault).anyMatch(line -> line.startsWith(fault));
        }
        assertThat(found(result, "WARN"))
                .anyMatch(line -> line.startsWith("Director configuration/include line: " + slow.substring(0, 20))
                        && line.contains("a process for each file"));
        assertThat(found(result, "OK"))
                .contains(".query per client/" + Site.CLIENT + ": 1 VM", "bconsole/command .jobs: allowed");
        assertThat(result.out()).doesNotContain(CatalogDatabase.PASSWORD);
        assertThat(bacula.isAlive()).isTrue();
    }

    @Test
    void aUserWhoMayOnlyReadIsToldBeforeTheFirstCleanup() throws Exception {
        try (Connection catalog = site.bacula().catalog().connect();
                Statement statement = catalog.createStatement()) {
            // The owner of the tables makes itself one who may not remove from one of them.
            statement.execute("REVOKE DELETE ON log FROM " + CatalogDatabase.USER);
            statement.execute("REVOKE SELECT ON media FROM " + CatalogDatabase.USER);
            try {
                Program.Result result = program.with("CLEANUP_AFTER_DAYS", "90").run("preflight", "--json");
                assertThat(result.exitCode()).isEqualTo(1);
                assertThat(found(result, "FAIL"))
                        .singleElement()
                        .asString()
                        .contains("rights to remove", "log", "GRANT");
                assertThat(found(result, "WARN"))
                        .anyMatch(line ->
                                line.startsWith("PostgreSQL catalog/rights to read: ") && line.contains("media"));
            } finally {
                statement.execute("GRANT ALL ON log, media TO " + CatalogDatabase.USER);
            }
        }
    }

    @Test
    void aConsoleThatMayDoNothingAndAClockThatIsWrongAreFound() throws Exception {
        Path console = narrowConsole("powerless", "help");
        Program.Result result = program.with("BCONSOLE_CONF", console.toString())
                .laterBy(Duration.ofHours(3))
                .run("preflight", "--json");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(found(result, "FAIL"))
                .anyMatch(line -> line.startsWith("bconsole/command status: the Director refuses it"))
                .anyMatch(line -> line.startsWith("bconsole/command show: the Director refuses it"))
                .anyMatch(line -> line.startsWith("bconsole/command .jobs: the Director refuses it"))
                .anyMatch(line -> line.startsWith("Director resources/names: "))
                .anyMatch(line -> line.startsWith("Director configuration/loaded jobs: "))
                .anyMatch(
                        line -> line.startsWith("PostgreSQL catalog/clock: this host and the catalog's server differ"));
        assertThat(found(result, "OK")).contains("PostgreSQL catalog/version: 16");
    }

    @Test
    void aConsoleThatIsDefinedInAnIncludedFileIsToldThatItMayNotReload() throws Exception {
        RealBacula bacula = site.bacula();
        String configuration = Files.readString(bacula.directorFile());
        Path consoles = folder.resolve("consoles.conf");
        for (String include : List.of("@\"" + consoles + "\"", "@|\"cat " + consoles + "\"")) {
            Path console = narrowConsole("included", ".status, status, show, .jobs", consoles);
            Files.writeString(bacula.directorFile(), configuration + "\n" + include + "\n");
            bacula.reload();
            Program.Result result =
                    program.with("BCONSOLE_CONF", console.toString()).run("preflight", "--json");
            assertThat(found(result, "FAIL"))
                    .as(include)
                    .containsExactly(
                            "bconsole/command reload: the Director refuses it: \"reload: is an invalid command.\"");
        }
    }

    @Test
    void aConsoleWithoutACatalogSeesLessThanThereIs() throws Exception {
        RealBacula bacula = site.bacula();
        Path console = narrowConsole("uncatalogued", "*all*");
        Files.writeString(
                bacula.directorFile(), Files.readString(bacula.directorFile()).replace("  CatalogACL = *all*\n", ""));
        bacula.reload();
        Program.Result result = program.with("BCONSOLE_CONF", console.toString())
                .with("CLEANUP_AFTER_DAYS", "90")
                .run("preflight", "--json");
        assertThat(found(result, "FAIL"))
                .anyMatch(line -> line.startsWith("bconsole/CatalogACL: Console \"uncatalogued\" may use no catalog"))
                .anyMatch(line ->
                        line.startsWith("bconsole/command list: the console may give list, but use no catalog"));
    }

    @Test
    void jobDefsWithoutATypeAndAPoolThatIsNoneForBackupsAreFound() throws Exception {
        RealBacula bacula = site.bacula();
        Files.writeString(bacula.directorFile(), Files.readString(bacula.directorFile()) + """
                JobDefs {
                  Name = "Typeless"
                  Pool = "Spare"
                }
                Pool {
                  Name = "Spare"
                  Pool Type = Scratch
                }
                """);
        bacula.reload();
        Program.Result result =
                program.with("JOBDEFS", "Typeless").with("POOL", "Spare").run("preflight", "--json");
        assertThat(found(result, "FAIL"))
                .hasSize(2)
                .anyMatch(line ->
                        line.startsWith("Director resources/JobDefs Typeless: JobDefs \"Typeless\" has no Type"))
                .anyMatch(line ->
                        line.startsWith("Director resources/Pool Spare: it is for something else than backups"));
    }

    /** A Director says nothing of it before the first job waits. */
    @Test
    void aPoolThatNeverGetsAVolumeIsFound() throws Exception {
        RealBacula bacula = site.bacula();
        String configuration = Files.readString(bacula.directorFile());
        String pools = "";
        for (String pool : List.of("Bare", "Fed", "Labelled")) {
            pools += "Pool {\n  Name = \"" + pool + "\"\n  Pool Type = Backup\n"
                    + (pool.equals("Fed") ? "  Scratch Pool = \"Labelled\"\n" : "")
                    + (pool.equals("Labelled") ? "  Label Format = \"L-\"\n" : "") + "}\n";
        }
        Files.writeString(bacula.directorFile(), configuration + pools);
        bacula.reload();
        String bare = "no backup can come from it: it has none to write to or to recycle";
        assertThat(volumes("Bare")).startsWith("FAIL ").contains(bare);
        assertThat(volumes("Fed")).startsWith("FAIL ").contains(bare);
        assertThat(volumes("Labelled")).isEqualTo("OK new ones are labelled, as Label Format = L- says");

        String added = bacula.ask("label storage=File1 pool=Labelled volume=Hand-made");
        assertThat(volumes("Labelled")).as(added).isEqualTo("OK 1 of 1 can be written to");
        assertThat(volumes("Fed")).isEqualTo("OK it takes them from the Scratch Pool, which has 1");
        assertThat(volumes("Bare")).startsWith("FAIL ");
    }

    private String volumes(String pool) throws Exception {
        Program.Result result = program.with("POOL", pool).run("preflight", "--json");
        for (JsonNode check : result.json().get("checks")) {
            if (check.get("check").textValue().equals("volumes of Pool " + pool)) {
                return check.get("status").textValue() + " "
                        + check.get("found").textValue();
            }
        }
        throw new AssertionError(result.out());
    }

    @Test
    void includesThatWouldDoubleOrLoseJobsAreFoundBeforeThereAreAny() throws Exception {
        RealBacula bacula = site.bacula();
        String configuration = Files.readString(bacula.directorFile());
        String line = RealBacula.Include.DIRECTOR_CONF.line(bacula.baseDir());
        String find = RealBacula.Include.FIND.line(bacula.baseDir());
        for (String more : List.of(line, find)) {
            Files.writeString(bacula.directorFile(), configuration + more + "\n");
            assertThat(bacula.checkConfiguration().exitCode())
                    .as("nobody else says so")
                    .isZero();
            assertThat(found(program.run("preflight", "--json"), "FAIL"))
                    .singleElement()
                    .asString()
                    .startsWith("Director configuration/include line: ")
                    .contains("defined twice");
        }
        for (String other : List.of("@" + bacula.baseDir(), "@|\"/usr/local/bin/generate-jobs\"")) {
            Files.writeString(bacula.directorFile(), configuration.replace(line, other));
            assertThat(bacula.checkConfiguration().exitCode())
                    .as("nobody else says so")
                    .isZero();
            assertThat(found(program.run("preflight", "--json"), "FAIL"))
                    .hasSize(2)
                    .anyMatch(fault -> fault.contains("without a word"))
                    .anyMatch(fault -> fault.contains("no job would ever run"));
        }
    }

    @Test
    void aCheckThatWouldStartASecondDirectorIsNotRun() throws Exception {
        RealBacula bacula = site.bacula();
        Program.Result result = program.with(
                        "DIRECTOR_CHECK",
                        bacula.checkCommand().replace(" -t ", " ") + " > " + folder + "/started; false")
                .run("preflight", "--json");
        assertThat(found(result, "FAIL"))
                .hasSize(2)
                .allMatch(fault -> fault.contains("it would start a Director instead of checking its configuration"));
        assertThat(folder.resolve("started")).doesNotExist();
    }

    @Test
    void whatBconsoleSaysTellsWhatToDo() throws Exception {
        String configuration = Files.readString(site.bacula().bconsoleConf());
        Path file = folder.resolve("wrong.conf");
        for (List<String> fault : List.of(
                List.of(
                        configuration.replaceFirst("Password = .*", "Password = \"wrong\""),
                        "compare name and Password"),
                List.of(configuration.replaceFirst("DirPort = .*", "DirPort = 1"), "look whether the Director runs"),
                List.of(configuration.replaceFirst("DirPort", "DirPrt"), "mend the file"))) {
            Files.writeString(file, fault.get(0));
            mode(file, "rw-------");
            Program.Result result =
                    program.with("BCONSOLE_CONF", file.toString()).run("preflight", "--json");
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).contains(fault.get(1)).doesNotContain("wrong\\\"");
        }
    }

    /** A console with a CommandACL, known to the Director; the path is its configuration file. */
    private static Path narrowConsole(String name, String commands) throws Exception {
        RealBacula bacula = site.bacula();
        Path resource = folder.resolve(name + ".resource");
        Path file = narrowConsole(name, commands, resource);
        Files.writeString(bacula.directorFile(), Files.readString(bacula.directorFile()) + Files.readString(resource));
        bacula.reload();
        return file;
    }

    /**
     * @param place gets the console's resource
     */
    private static Path narrowConsole(String name, String commands, Path place) throws Exception {
        RealBacula bacula = site.bacula();
        StringBuilder resource = new StringBuilder("\nConsole {\n  Name = \"" + name + "\"\n  Password = \"" + name
                + "-secret\"\n  CommandACL = " + commands + "\n");
        for (String kind : List.of("Client", "Job", "Pool", "Storage", "Catalog", "FileSet", "Schedule", "Where")) {
            resource.append("  ").append(kind).append("ACL = *all*\n");
        }
        Files.writeString(place, resource + "}\n");
        mode(place, "rw-r-----");
        Path file = Files.writeString(
                folder.resolve(name + ".conf"),
                Files.readString(bacula.bconsoleConf()) + "Console {\n  Name = \"" + name + "\"\n  Password = \"" + name
                        + "-secret\"\n  Director = \"" + BaculaConfig.DIRECTOR + "\"\n}\n");
        mode(file, "rw-------");
        return file;
    }

    private static List<String> found(Program.Result result, String status) throws Exception {
        List<String> lines = new ArrayList<>();
        for (JsonNode check : result.json().get("checks")) {
            if (check.get("status").textValue().equals(status)) {
                lines.add(check.get("section").textValue() + "/"
                        + check.get("check").textValue() + ": "
                        + check.get("found").textValue());
            }
        }
        return lines;
    }

    private static void mode(Path file, String permissions) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
