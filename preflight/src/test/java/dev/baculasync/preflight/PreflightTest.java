package dev.baculasync.preflight;

import static dev.baculasync.preflight.SoundInstallation.FIRST;
import static dev.baculasync.preflight.SoundInstallation.NOW;
import static dev.baculasync.preflight.SoundInstallation.SECOND;
import static dev.baculasync.preflight.SoundInstallation.mode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.catalog.jdbc.CatalogFacts;
import dev.baculasync.catalog.jdbc.PostgresCatalogConfig;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.preflight.Finding.Status;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class PreflightTest {
    @TempDir
    Path folder;

    private SoundInstallation site;

    @BeforeEach
    void site() {
        site = new SoundInstallation(folder);
    }

    @Test
    void theSectionsAreTheManualsInItsOrderThenOurs() {
        assertThat(run().stream().map(Finding::section).distinct())
                .containsExactly(
                        "Binary",
                        "clients.conf",
                        "BASE_DIR",
                        "bconsole",
                        "PostgreSQL catalog",
                        "OpenStack API",
                        ".query per client",
                        "Runtime config",
                        "Director resources",
                        "Director configuration",
                        "Deduplication");
    }

    @Test
    void aSoundInstallationHasNoFailAndOneThingThatCannotBeSeen() {
        assertThat(run())
                .filteredOn(finding -> finding.status() != Status.OK)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.status()).isEqualTo(Status.WARN);
                    assertThat(finding.section()).isEqualTo("OpenStack API");
                    assertThat(finding.advice()).contains("openrc");
                });
    }

    @Test
    void theDirectorIsAskedForItsVersionOnce() {
        run();
        assertThat(site.console.asked).isEqualTo(1);
    }

    @Test
    void everyPlantedFaultIsFoundAndNamedAndNoneHidesAnother() throws Exception {
        site.write("other/bacula-openstack-sync", "#!/bin/sh\n");
        mode(folder.resolve("other/bacula-openstack-sync"), "rwxr-xr-x");
        site.environment.put("PATH", folder.resolve("other") + ":/usr/bin:/bin");
        site.write(
                "clients.conf",
                "dc1 os1 fd1 proxy1 backup-dc1-\ndc2 os1 fd2 proxy2 backup-dc2-\ndc3 os1\ndc4 os1 fd1 p backup-dc4-\n");
        mode(site.clientsConf, "rw-rw-rw-");
        site.user = "somebody-else";
        mode(site.baseDir, "rwxrwxrwx");
        mode(folder, "rwxrwxrwx");
        site.console.director = "dir Version: 9.6.7 (10 December 2020) x86_64-pc-linux-gnu debian";
        site.console.refused.addAll(Set.of(Command.values()));
        site.write("bconsole.conf", "Console {\n  Name = \"narrow\"\n}\n");
        mode(site.bconsoleConf, "rw-r--r--");
        site.write(
                "bacula-dir.conf",
                "Console {\n  Name = narrow\n  CommandACL = status, show\n}\n@|\"sh -c 'find " + site.baseDir
                        + " -type f -print0 | xargs -0 -I{} echo @{}'\"\n");
        site.environment.put("PGPASSWORD", "s3cr3t-of-the-catalog");
        site.catalogProbe.config =
                PostgresCatalogConfig.builder().host("db.example").build();
        site.catalogProbe.facts = new CatalogFacts(
                FakeCatalogProbe.at(NOW.plus(Duration.ofHours(2))),
                null,
                List.of("jobmedia"),
                List.of("job"),
                null,
                false);
        site.cleanupAfter = Duration.ofDays(90);
        site.catalog.failWith(new ProviderException(Code.CONFIGURATION, "rights are lacking; GRANT DELETE ON log"));
        site.environment.put("OS_USERNAME", "admin");
        site.environment.put("OS_PASSWORD", "s3cr3t-of-keystone");
        site.environment.put("OS_AUTH_URL", "ftp://keystone");
        site.inventory.answer(FIRST, Discovery.failed("client fd1: plugin not found"));
        site.inventory.answer(
                SECOND,
                Discovery.incomplete(List.of(LiveVm.of("db", UUID.randomUUID())), List.of(), "client fd2: restarted"));
        site.environment.put("GRACE_DAYS", "soon");
        site.dryRun = true;
        site.jobDefs = "NoJobDefs";
        site.storage = "NoStorage";
        site.pool = "NoPool";
        site.schedule = "NoSchedule";
        site.messages = "NoMessages";
        site.jobDefsAllowed = Set.of("NoTag");
        site.dedup = "sha256";
        site.director
                .clients(Set.of("fd1"))
                .checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.REFUSED, "line 7 is bad"));
        site.stored("web");
        site.write("bacula-fd.conf", "FileDaemon {\n  Dedup Index Directory = \"" + folder + "/no-index\"\n}\n");
        Settings settings = Settings.of(site.environment);
        settings.find(SoundInstallation.GRACE_DAYS);

        List<Finding> found = Preflight.of(site.installation(settings)).run();

        for (String fault : List.of(
                "WARN Binary/PATH another program",
                "FAIL clients.conf/line 3 has 2 fields",
                "FAIL clients.conf/line 4 client \"fd1\"",
                "WARN clients.conf/mode 666",
                "WARN BASE_DIR/owner somebody-else",
                "FAIL BASE_DIR/mode 777",
                "FAIL BASE_DIR/directories above " + folder,
                "WARN bconsole/configuration 644",
                "FAIL bconsole/command .query version 9 has no .query",
                "FAIL bconsole/command status refuses",
                "FAIL bconsole/command show refuses",
                "FAIL bconsole/command .jobs refuses",
                "FAIL bconsole/command list refuses",
                "FAIL bconsole/command purge refuses",
                "FAIL bconsole/command reload refuses",
                "WARN PostgreSQL catalog/password PGPASSWORD",
                "WARN PostgreSQL catalog/TLS db.example",
                "FAIL PostgreSQL catalog/tables jobmedia",
                "FAIL PostgreSQL catalog/rights to read may not read job",
                "WARN PostgreSQL catalog/version none",
                "WARN PostgreSQL catalog/index text_pattern_ops",
                "FAIL PostgreSQL catalog/clock 7200 s",
                "FAIL PostgreSQL catalog/rights to remove GRANT DELETE ON log",
                "FAIL OpenStack API/OS_AUTH_URL http",
                "FAIL OpenStack API/OS_PROJECT_NAME not set",
                "FAIL .query per client/fd1 plugin not found",
                "WARN .query per client/fd2 restarted",
                "FAIL Runtime config/GRACE_DAYS \"soon\"",
                "WARN Runtime config/DRYRUN change nothing",
                "FAIL Director resources/JobDefs NoJobDefs is not among what the Director shows",
                "WARN Director resources/JobDefs NoTag is not among what the Director shows",
                "FAIL Director resources/Storage NoStorage is not among what the Director shows",
                "FAIL Director resources/Pool NoPool is not among what the Director shows",
                "FAIL Director resources/Schedule NoSchedule is not among what the Director shows",
                "FAIL Director resources/Messages NoMessages is not among what the Director shows",
                "FAIL Director resources/Client fd2 is not among what the Director shows",
                "FAIL Director configuration/DIRECTOR_CHECK line 7 is bad",
                "WARN Director configuration/include line a process for each file",
                "WARN Director configuration/loaded jobs backup-dc1-web",
                "FAIL Deduplication/DEDUP_ALGO knows no dedup",
                "FAIL Deduplication/DedupIndexDirectory no-index",
                "WARN Deduplication/proxies fd1 (started 20-Nov-26 07:00), fd2 (started 20-Nov-26 07:00)",
                "WARN Deduplication/Storage Daemon this host has no bacula-sd.conf")) {
            assertFound(found, fault);
        }
        assertThat(found).noneMatch(finding -> (finding.found() + finding.advice()).contains("s3cr3t"));
    }

    @Test
    void whatCannotBeLookedAtIsSaidInEverySection() throws Exception {
        Files.delete(site.clientsConf);
        Files.delete(site.baseDir.resolve("director.conf"));
        Files.delete(site.baseDir);
        Files.delete(site.directorConf);
        site.environment.put("DB_PORT", "high");
        Settings settings = Settings.of(site.environment);
        settings.find(PostgresCatalogProvider.DB_PORT);
        settings.problem("BCONSOLE", "bconsole not found: /nowhere/bconsole is not an executable file");
        settings.problem("DIRECTOR_CHECK", "/nowhere/bacula-dir is not an executable file");
        site.console.failure = new ProviderException(Code.CONFIGURATION, "never to be asked");
        site.catalogProbe.failure = site.console.failure;
        site.dedup = "sha256";
        site.openedStore = access -> {
            throw new ProviderException(Code.IO, "cannot use the base directory");
        };

        List<Finding> found = Preflight.of(site.installation(settings)).run();

        for (String fault : List.of(
                "FAIL clients.conf/file clients.conf",
                "FAIL BASE_DIR/directory there is no directory",
                "OK BASE_DIR/disk space MiB",
                "FAIL bconsole/program /nowhere/bconsole",
                "FAIL bconsole/connection not checked because",
                "FAIL bconsole/commands not checked because",
                "FAIL PostgreSQL catalog/connection not checked because of DB_PORT",
                "FAIL PostgreSQL catalog/tables, rights, clock not checked because",
                "FAIL .query per client/clients not checked because",
                "FAIL Runtime config/BCONSOLE /nowhere/bconsole",
                "FAIL Runtime config/DB_PORT \"high\"",
                "FAIL Runtime config/DIRECTOR_CHECK /nowhere/bacula-dir",
                "FAIL Director resources/names not checked because",
                "FAIL Director configuration/DIRECTOR_CHECK not run because",
                "WARN Director configuration/include line not checked",
                "FAIL Director configuration/loaded jobs cannot use the base directory",
                "FAIL Deduplication/DEDUP_ALGO not checked because")) {
            assertFound(found, fault);
        }
        assertThat(found).noneMatch(finding -> finding.found().contains("never to be asked"));
    }

    @Test
    void aSectionThatBreaksIsAFindingAndTheOthersGoOn() {
        Section broken = section("broken", findings -> {
            findings.ok("first", "seen");
            throw new IllegalStateException("out of order");
        });
        List<Finding> found =
                new Preflight(List.of(broken, section("next", findings -> findings.ok("check", "seen")))).run();
        assertThat(found)
                .extracting(SoundInstallation::text)
                .containsExactly(
                        "OK first: seen",
                        "FAIL the rest of this section: not checked: java.lang.IllegalStateException: out of order -> mend that,"
                                + " then run preflight again",
                        "OK check: seen");
    }

    @Test
    void anInterruptedPreflightEnds() {
        ProviderException interrupted = new ProviderException(Code.INTERRUPTED, "interrupted");
        site.console.failure = interrupted;
        assertThatThrownBy(this::run).isSameAs(interrupted);
    }

    private List<Finding> run() {
        return Preflight.of(site.installation()).run();
    }

    private static Section section(String name, java.util.function.Consumer<Findings> check) {
        return new Section() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void check(Findings findings) {
                check.accept(findings);
            }
        };
    }

    /** A fault as {@code STATUS section/check words}; the words are in what was found or advised. */
    private static void assertFound(List<Finding> found, String fault) {
        assertThat(found).as(fault).anyMatch(finding -> {
            String start = finding.status() + " " + finding.section() + "/" + finding.check() + " ";
            return fault.startsWith(start)
                    && (finding.found() + " " + finding.advice()).contains(fault.substring(start.length()));
        });
    }
}
