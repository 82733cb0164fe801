package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to the tree costs a real Director no job that is there, and never its configuration. */
class TheListTest {
    private static final int VMS = 30;

    @TempDir
    private static Path folder;

    private static Site site;
    private Program program;

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
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
        program = site.program().with("DIRECTOR_CHECK", site.bacula().checkCommand());
    }

    private static String fleet(int vms) {
        return IntStream.range(0, vms)
                .mapToObj("server=vm%1$02d uuid=00000000-0000-4000-8000-0000000000%1$02d\n"::formatted)
                .collect(Collectors.joining());
    }

    private static Path list() {
        return site.bacula().directorConf();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** As after a power failure: it reads all that is on disk. */
    private static void assertDirectorRestarts() throws Exception {
        assertThat(site.bacula().checkConfiguration().exitCode()).isZero();
        site.bacula().restartDirector();
        assertThat(site.bacula().isAlive()).isTrue();
    }

    @Test
    void aCopiedDirectoryIsNotListedAndNewVmsAreProtected() throws Exception {
        site.answer(fleet(2));
        site.sync(program, 0);
        copy(site.vm("vm00"), site.vm("vm00.bak"));
        for (Program each : new Program[] {program, site.program()}) {
            site.answer(fleet(each == program ? 2 : 3));
            Result result = site.sync(each, 1);
            assertThat(result.outcomes()).containsEntry("vm00", "unchanged").containsEntry("vm00.bak", "quarantined");
            assertThat(Files.readString(list())).contains("/vm00/job").doesNotContain("vm00.bak");
            assertDirectorRestarts();
        }
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "vm00", Site.PREFIX + "vm02");
        assertThat(Files.exists(site.vm("vm00.bak").resolve("job"))).isTrue();
    }

    @Test
    void aDirectoryThatIsNotMountedChangesNothingUntilItIsBackOrLetGo() throws Exception {
        site.answer(fleet(VMS));
        site.sync(program, 0);
        Set<String> loaded = new TreeSet<>(site.bacula().jobNames());
        String listed = Files.readString(list());
        Path instance = site.vm("vm00").getParent();
        Path aside = site.file("aside-" + VMS);
        Files.move(instance, aside);
        Files.createDirectory(instance);

        Result result = site.sync(program, 1);
        assertThat(result.json().get("notes").get(0).textValue())
                .startsWith("do not reload or restart the Director: its list names the files of " + VMS + " VM(s)");
        assertThat(result.json().get("notes").get(1).textValue())
                .contains("no file is left in datacenter1/openstack1", "--approve");
        assertThat(result.json().get("reload").textValue()).isEqualTo("failed");
        assertThat(Files.readString(list())).isEqualTo(listed);
        assertThat(site.bacula().jobNames()).isEqualTo(loaded);
        String text = program.run("sync").out();
        assertThat(text.lines().findFirst().orElse("")).contains("do not reload or restart the Director");

        Files.delete(instance);
        Files.move(aside, instance);
        site.sync(program, 0);
        assertThat(site.bacula().jobNames()).isEqualTo(loaded);
        assertDirectorRestarts();

        Files.move(instance, aside);
        String digest = site.sync(program, 1).json().get("digest").textValue();
        site.answer(fleet(1));
        Result approved = program.run("sync", "--json", "--approve", digest);
        assertThat(approved.json().get("reload").textValue()).isEqualTo("done");
        assertThat(site.bacula().jobNames()).doesNotContain(Site.PREFIX + "vm07");
        assertDirectorRestarts();
    }

    @Test
    void aBaseDirectoryThatIsNotMountedEmptiesNoDirector() throws Exception {
        site.answer(fleet(VMS));
        site.sync(program, 0);
        Set<String> loaded = new TreeSet<>(site.bacula().jobNames());
        Path base = site.bacula().baseDir();
        Path aside = site.file("base-aside");
        Files.move(base, aside);
        Files.createDirectory(base);

        Result result = site.sync(site.program(), 1);
        assertThat(result.json().get("notes").toString()).contains("no file is left in datacenter1/openstack1");
        assertThat(site.bacula().jobNames()).isEqualTo(loaded);

        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
        Files.move(aside, base);
        site.sync(program, 0);
        assertThat(site.bacula().jobNames()).isEqualTo(loaded);
    }

    @Test
    void whatIsRenamedTogetherStaysInTheDirectorAndIsToldFirst() throws Exception {
        site.answer(fleet(3));
        site.sync(program, 0);
        Set<String> loaded = new TreeSet<>(site.bacula().jobNames());
        Path base = site.bacula().baseDir();
        Path clients = site.file("clients.conf");
        String lines = Files.readString(clients);
        Files.move(base.resolve("datacenter1"), base.resolve("vienna"));
        Files.writeString(clients, lines.replace("datacenter1 ", "vienna "));
        try {
            Result result = site.sync(program, 1);
            assertThat(result.outcomes()).containsEntry("vm00", "quarantined");
            assertThat(Files.readString(list())).contains("/vienna/openstack1/vm00/job");
            assertThat(site.bacula().jobNames()).isEqualTo(loaded);
            assertDirectorRestarts();
            assertThat(program.run("sync").err()).contains("cannot be trusted", "#@datacenter:");
        } finally {
            Files.move(base.resolve("vienna"), base.resolve("datacenter1"));
            Files.writeString(clients, lines);
        }
        site.sync(program, 0);
        assertDirectorRestarts();
    }

    /** New jobs would stand in the old places then, and every old one would be lost without a word. */
    @Test
    void aTreeThatIsMovedAsideWhileItsPrefixChangesLosesNoJob() throws Exception {
        site.answer(fleet(13));
        site.sync(program, 0);
        Set<String> loaded = new TreeSet<>(site.bacula().jobNames());
        Path instance = site.vm("vm00").getParent();
        Path aside = instance.resolveSibling("openstack1.orig");
        Path clients = site.file("clients.conf");
        String lines = Files.readString(clients);
        Files.move(instance, aside);
        Files.writeString(clients, lines.replace(Site.PREFIX, "other-prefix-"));
        try {
            for (int night = 0; night < 2; night++) {
                Result result = site.sync(program, 1);
                assertThat(result.err()).contains("no file of it is left in its place");
                assertThat(site.bacula().jobNames()).isEqualTo(loaded);
                assertThat(Files.readString(list())).contains("/openstack1.orig/vm00/job");
                assertThat(instance).doesNotExist();
            }
            assertDirectorRestarts();
            assertThat(site.bacula().jobNames()).isEqualTo(loaded);
        } finally {
            Files.move(aside, instance);
            Files.writeString(clients, lines);
        }
        site.sync(program, 0);
        assertThat(site.bacula().jobNames()).isEqualTo(loaded);
    }

    /** The list goes on to name the link, which leads a Director to the job. */
    @Test
    void aLinkInTheJobsPlaceIsNotListedTogetherWithTheFileItLeadsTo() throws Exception {
        site.answer(fleet(3));
        site.sync(program, 0);
        Set<String> loaded = new TreeSet<>(site.bacula().jobNames());
        Path job = site.vm("vm00").resolve("job");
        copy(site.vm("vm00"), site.vm("vm00.new"));
        Files.delete(job);
        Files.createSymbolicLink(job, site.vm("vm00.new").resolve("job"));
        for (Program each : new Program[] {program, site.program()}) {
            site.sync(each, 1);
            assertThat(Files.readString(list())).contains("/vm00/job").doesNotContain("vm00.new");
            assertThat(site.bacula().jobNames()).isEqualTo(loaded);
            assertDirectorRestarts();
        }
    }

    /** Line ends in a name do not count for a Director: it would look for another file. */
    @Test
    void aDirectoryThatNoListCanNameCostsItsOwnJobAlone() throws Exception {
        site.answer(fleet(3));
        site.sync(program, 0);
        Path odd = site.vm("vm00\nold");
        Files.move(site.vm("vm00"), odd);
        site.sync(site.program(), 1);
        assertDirectorRestarts();
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "vm01").doesNotContain(Site.PREFIX + "vm00");
        Files.move(odd, site.vm("vm00"));
        site.sync(program, 0);
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "vm00");
    }

    @Test
    void halfAFileCostsItsOwnJobAlone() throws Exception {
        site.answer(fleet(5));
        site.sync(program, 0);
        Path job = site.vm("vm01").resolve("job");
        byte[] whole = Files.readAllBytes(job);
        Files.write(job, Arrays.copyOf(whole, whole.length - 20));
        Result result = site.sync(site.program(), 1);
        assertThat(result.outcomes()).containsEntry("vm01", "quarantined").containsEntry("vm02", "unchanged");
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "vm02").doesNotContain(Site.PREFIX + "vm01");
        assertDirectorRestarts();
        Files.write(job, whole);
        site.sync(program, 0);
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "vm01");
    }

    @Test
    void anEditThatTheDirectorRefusesCostsItsOwnJobAlone() throws Exception {
        site.answer(fleet(5));
        site.sync(program, 0);
        Path job = site.vm("vm01").resolve("job");
        String whole = Files.readString(job);
        Files.writeString(job, whole.replace("Pool       = \"Default\"", "Pool       = \"Nowhere\""));
        site.answer(fleet(6));
        Result result = site.sync(program, 1);
        assertThat(result.outcomes())
                .containsEntry("vm01", "quarantined")
                .containsEntry("vm02", "unchanged")
                .containsEntry("vm05", "created");
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "vm05").doesNotContain(Site.PREFIX + "vm01");
        assertDirectorRestarts();
        Files.writeString(job, whole);
        site.sync(program, 0);
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "vm01");
    }

    @Test
    void aProxyReplacedInClientsConfIsUpdatedWhereThatIsWanted() throws Exception {
        site.answer(fleet(3));
        site.sync(program, 0);
        Path clients = site.file("clients.conf");
        String lines = Files.readString(clients);
        Files.writeString(clients, lines.replace(RealBacula.RUNNABLE_PROXY, "new-proxy"));
        try {
            Result told = site.sync(program, 0);
            assertThat(told.outcomes()).containsEntry("vm00", "unchanged");
            assertThat(told.json().get("clients").get(0).get("notes").toString())
                    .contains("3 job(s): proxy_server is " + RealBacula.RUNNABLE_PROXY, "POLICY_DRIFT=update");
            Result updated = site.sync(program.with("POLICY_DRIFT", "update"), 0);
            assertThat(updated.outcomes()).containsEntry("vm00", "repaired");
            assertThat(Files.readString(site.vm("vm00").resolve("fileset"))).contains("proxy_server=new-proxy ");
            assertDirectorRestarts();
        } finally {
            Files.writeString(clients, lines);
        }
    }

    @Test
    void whatAConsoleHasDisabledOutlivesOurReloadAndIsTold() throws Exception {
        site.answer(fleet(2));
        site.sync(program, 0);
        site.bacula().ask("disable job=" + Site.PREFIX + "vm00");
        site.answer(fleet(3));
        assertThat(site.sync(program, 0).outcomes()).containsEntry("vm02", "created");
        Result result = site.sync(program, 0);
        assertThat(result.json().toString()).contains("a console has disabled it in the Director");
        assertThat(site.bacula().showJob(Site.PREFIX + "vm00")).contains("Enabled=0");
        site.bacula().ask("enable job=" + Site.PREFIX + "vm00");
        assertThat(site.sync(program, 0).json().toString()).doesNotContain("a console has disabled it");

        site.answer(fleet(3).replaceFirst(".*\n", ""));
        site.sync(program.with("GRACE_DAYS", "1"), 0);
        Result disabled = site.sync(program.laterBy(Duration.ofDays(2)), 0);
        assertThat(disabled.outcomes()).containsEntry("vm00", "disabled");
        assertThat(disabled.json().toString()).contains("a console has enabled it in the Director, so it runs");
        assertThat(site.bacula().showJob(Site.PREFIX + "vm00")).contains("Enabled=1");
    }
}
