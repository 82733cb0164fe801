package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.ConfigEdit.Change;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.FileSetSpec;
import dev.baculasync.spi.JobSpec;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StampEdit;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreProblem.Kind;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStoreTest {
    @TempDir
    Path base;

    private Path vm;

    @BeforeEach
    void name() {
        vm = Samples.vmDirectory(base);
    }

    private StoredInstance read() {
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            return session.read(Samples.INSTANCE);
        }
    }

    private List<EditResult> apply(ConfigEdit... edits) {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            List<EditResult> results = session.apply(Samples.INSTANCE, List.of(edits));
            session.settle();
            return results;
        }
    }

    private void applied(ConfigEdit... edits) {
        assertThat(apply(edits)).extracting(EditResult::error).containsOnlyNulls();
    }

    private void refused(ConfigEdit edit, String... words) {
        Map<String, String> before = Samples.tree(base);
        assertThat(apply(edit))
                .singleElement()
                .satisfies(result -> assertThat(result.edit()).isSameAs(edit))
                .extracting(EditResult::error)
                .isInstanceOf(ProviderException.class)
                .asString()
                .contains("nothing was changed")
                .satisfies(text -> assertThat(List.of(words)).allMatch(text::contains));
        assertThat(Samples.tree(base)).isEqualTo(before);
    }

    /** Whoever moved the journal away instead would lose what it can put back. */
    @Test
    void whatIsLeftToAPersonAndCannotBeReadIsNotBlamedOnTheJournal() throws IOException {
        Path actions = Files.createDirectory(base.resolve(".bacula-openstack-sync.actions"));
        assertThatThrownBy(() -> Samples.store(base).open(Access.WRITE))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining(actions + ": it is not a regular file; move it away")
                .hasMessageNotContaining(Journal.FILE_NAME);
        Files.delete(actions);
        Samples.store(base).open(Access.WRITE).close();
    }

    @Test
    void aNewVmHasTheSeedsFilesInTheSeedsPlaceForBaculaToRead() throws IOException {
        applied(Samples.create());
        assertThat(vm.resolve("job")).hasContent(Samples.JOB_TEXT);
        assertThat(vm.resolve("fileset")).hasContent(Samples.FILE_SET_TEXT);
        assertThat(Samples.tree(vm)).containsOnlyKeys("", "fileset", "job");
        for (String file : List.of("job", "fileset")) {
            assertThat(mode(vm.resolve(file))).isEqualTo("rw-r-----");
        }
        for (Path directory = vm; !directory.equals(base); directory = directory.getParent()) {
            assertThat(mode(directory)).isEqualTo("rwxr-x---");
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void whatIsWrittenIsRead() {
        applied(Samples.create(Samples.VM, " r\u00f6cky\n\\ \u2028", Samples.UUID_1));
        ManagedVm stored = new ManagedVm(
                "datacenter1",
                "openstack1",
                "bacula-dc1-os1-fd",
                Samples.VM,
                " r\u00f6cky\n\\ \u2028",
                Samples.UUID_1,
                "backup-dc1-os1-rocky9-instance1",
                JobStatus.ACTIVE,
                null,
                false,
                null,
                null,
                List.of(),
                true,
                "DefaultJob",
                true,
                "fs-datacenter1-openstack1-rocky9-instance1",
                false,
                "bacula-dc1-os1-fd",
                Samples.INSTANCE.proxyServer(),
                true,
                Set.of(Samples.UUID_1));
        assertThat(read()).isEqualTo(new StoredInstance(List.of(stored), List.of(), List.of()));
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            assertThat(session.readAll()).isEqualTo(read());
        }
    }

    @Test
    void whatWouldNotBeReadAgainIsNotWritten() {
        String endless = "\u0001".repeat(200_000);
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            assertThat(session.apply(Samples.INSTANCE, List.of(Samples.create(Samples.VM, endless, Samples.UUID_1))))
                    .singleElement()
                    .satisfies(result -> assertThat(result.error()).isNotNull().hasMessageContaining("longer than"));
            assertThat(session.apply(Samples.INSTANCE, List.of(Samples.create(Samples.VM, "web", Samples.UUID_1))))
                    .singleElement()
                    .satisfies(result -> assertThat(result.error()).isNull());
            assertThat(session.apply(
                            Samples.INSTANCE, List.of(Change.of(Samples.VM).withDisplayName(endless))))
                    .singleElement()
                    .satisfies(result -> assertThat(result.error()).isNotNull().hasMessageContaining("longer than"));
            session.settle();
        }
        assertThat(read().vms()).extracting(ManagedVm::displayName).containsExactly("web");
    }

    @Test
    void aFileSetThatSomebodyEditedIsReadAsItStands() throws IOException {
        applied(Samples.create());
        Path file = vm.resolve("fileset");
        Files.writeString(file, Samples.FILE_SET_TEXT.replace("fs-datacenter1", "fs-other"));
        assertThat(read().vms()).singleElement().satisfies(stored -> {
            assertThat(stored.fileSet()).isEqualTo("fs-other-openstack1-rocky9-instance1");
            assertThat(stored.fileSetFollows()).isTrue();
            assertThat(stored.resourceNames())
                    .containsExactlyInAnyOrder(
                            "backup-dc1-os1-rocky9-instance1",
                            "fs-datacenter1-openstack1-rocky9-instance1",
                            "fs-other-openstack1-rocky9-instance1");
        });
        Files.writeString(file, Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), "rocky9-instance1"));
        assertThat(read().vms()).singleElement().satisfies(stored -> {
            assertThat(stored.fileSetPresent()).isTrue();
            assertThat(stored.fileSetFollows()).isFalse();
            assertThat(stored.backsUp()).isEmpty();
            assertThat(stored.backsUpOthersOnly()).as("nothing is known").isFalse();
        });
        Files.writeString(file, Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), Samples.UUID_2.toString()));
        assertThat(read().vms()).singleElement().satisfies(stored -> {
            assertThat(stored.backsUp()).containsExactly(Samples.UUID_2);
            assertThat(stored.backsUpOthersOnly()).isTrue();
        });
        Files.writeString(file, "# " + "x".repeat(1 << 20));
        assertThat(read().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.uuid()).isEqualTo(Samples.UUID_1);
            assertThat(problem.reason()).contains("/fileset cannot be read");
        });
    }

    @Test
    void aChangeIsRead() {
        applied(Samples.create());
        applied(Change.of(Samples.VM)
                .withDisplayName("new")
                .withUuid(Samples.UUID_2)
                .withStatus(JobStatus.DISABLED)
                .withMissingSince(StampEdit.to(Samples.CREATED))
                .withDisabledAt(StampEdit.to(Samples.CREATED.plusSeconds(1)))
                .withReenabledAt(StampEdit.to(Samples.CREATED.plusSeconds(2)))
                .withEnabled(false)
                .withJobDefs("Other Job"));
        assertThat(read().vms())
                .containsExactly(new ManagedVm(
                        "datacenter1",
                        "openstack1",
                        "bacula-dc1-os1-fd",
                        Samples.VM,
                        "new",
                        Samples.UUID_2,
                        "backup-dc1-os1-rocky9-instance1",
                        JobStatus.DISABLED,
                        new Stamp(Samples.CREATED, "2026-05-18 19:00:00"),
                        false,
                        new Stamp(Samples.CREATED.plusSeconds(1), "2026-05-18 19:00:01"),
                        new Stamp(Samples.CREATED.plusSeconds(2), "2026-05-18 19:00:02"),
                        List.of(Samples.UUID_1),
                        false,
                        "Other Job",
                        true,
                        "fs-datacenter1-openstack1-rocky9-instance1",
                        false,
                        "bacula-dc1-os1-fd",
                        Samples.INSTANCE.proxyServer(),
                        true,
                        Set.of(Samples.UUID_2)));
        assertThat(Samples.text(vm.resolve("fileset")))
                .isEqualTo(Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), Samples.UUID_2.toString()));
    }

    @Test
    void aTreeWithoutTheInstanceIsAnInstanceWithoutVms() {
        assertThat(read()).isEqualTo(new StoredInstance(List.of(), List.of(), List.of()));
    }

    @Test
    void anEditKeepsTheModeOfTheFile() throws IOException {
        Samples.putVm(base);
        Files.setPosixFilePermissions(vm.resolve("job"), PosixFilePermissions.fromString("rw-rw-r--"));
        applied(Change.of(Samples.VM).withEnabled(false));
        assertThat(mode(vm.resolve("job"))).isEqualTo("rw-rw-r--");
        assertThat(Samples.text(vm.resolve("job"))).isEqualTo(Samples.JOB_TEXT.replace("= yes", "= no"));
    }

    @Test
    void whatRootWritesBelongsToWhomTheDirectoryOrTheOldFileBelongs() throws IOException {
        assumeTrue(Files.getAttribute(base, "unix:uid").equals(0));
        Files.setAttribute(base, "unix:uid", 4242);
        Files.setAttribute(base, "unix:gid", 4343);
        applied(Samples.create());
        for (Path path = vm.resolve("job"); path.startsWith(base); path = path.getParent()) {
            assertThat(Files.readAttributes(path, "unix:uid,gid"))
                    .containsEntry("uid", 4242)
                    .containsEntry("gid", 4343);
        }
        assertThat(Files.readAttributes(base.resolve(StoreLock.FILE_NAME), "unix:uid,gid"))
                .containsEntry("uid", 4242)
                .containsEntry("gid", 4343);
        Files.setAttribute(vm.resolve("job"), "unix:uid", 4444);
        applied(Change.of(Samples.VM).withEnabled(false));
        assertThat(Files.readAttributes(vm.resolve("job"), "unix:uid,gid"))
                .containsEntry("uid", 4444)
                .containsEntry("gid", 4343);
    }

    @Test
    void aChangeOfNothingWritesNothing() throws IOException {
        Samples.putVm(base);
        Object before = Files.getAttribute(vm.resolve("job"), "unix:ino");
        applied(Change.of(Samples.VM), Samples.create("other", "other", Samples.UUID_2));
        applied(Change.of(Samples.VM)
                .withEnabled(true)
                .withStatus(JobStatus.ACTIVE)
                .withDisplayName(Samples.VM));
        assertThat(Files.getAttribute(vm.resolve("job"), "unix:ino")).isEqualTo(before);
    }

    @Test
    void aMissingFileSetIsWrittenOnlyWhenThereIsNone() throws IOException {
        Samples.putVm(base);
        FileSetSpec spec = Samples.fileSet(Samples.VM, Samples.UUID_2);
        applied(Change.of(Samples.VM).withMissingFileSet(spec));
        assertThat(vm.resolve("fileset")).hasContent(Samples.FILE_SET_TEXT);

        Files.delete(vm.resolve("fileset"));
        assertThat(read().vms()).extracting(ManagedVm::fileSetPresent).containsExactly(false);
        applied(Change.of(Samples.VM).withMissingFileSet(spec));
        assertThat(Samples.text(vm.resolve("fileset"))).contains("instance=" + Samples.UUID_2);

        Samples.put(vm.resolve("fileset"), "");
        assertThat(read().vms()).extracting(ManagedVm::fileSetPresent).containsExactly(false);
        applied(Change.of(Samples.VM).withMissingFileSet(Samples.fileSet(Samples.VM, Samples.UUID_1)));
        assertThat(vm.resolve("fileset")).hasContent(Samples.FILE_SET_TEXT);
    }

    /** Its directory was renamed. */
    @Test
    void aMissingFileSetThatNoJobNamesIsNotWritten() throws IOException {
        Samples.put(vm.resolveSibling("web.old").resolve("job"), Samples.JOB_TEXT);
        ConfigEdit edit = Change.of("web.old").withMissingFileSet(Samples.fileSet("web.old", Samples.UUID_1));
        refused(edit, "the job names fs-datacenter1-openstack1-" + Samples.VM);
        assertThat(vm.resolveSibling("web.old").resolve("fileset")).doesNotExist();
    }

    @Test
    void anEmptyJobFileIsNoForeignOne() {
        Samples.putVm(base);
        Samples.put(vm.resolve("job"), "");
        assertProblem(Kind.UNREADABLE, null, "/job is empty");
    }

    @Test
    void aReplacementThatWasCutShortBetweenItsFilesGoesOn() {
        Samples.putVm(base);
        String changed = Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), Samples.UUID_2.toString());
        Samples.put(vm.resolve("fileset"), changed);
        applied(Change.of(Samples.VM).withUuid(Samples.UUID_2));
        assertThat(vm.resolve("fileset")).hasContent(changed);
        assertThat(read().vms()).extracting(ManagedVm::uuid).containsExactly(Samples.UUID_2);
    }

    @Test
    void aReplacementNeedsAFileSetThatNamesTheOldVm() throws IOException {
        Samples.putVm(base);
        Samples.put(vm.resolve("fileset"), "FileSet { Name = \"x\" }\n");
        refused(Change.of(Samples.VM).withUuid(Samples.UUID_2), "no Plugin string with instance=");
        Files.delete(vm.resolve("fileset"));
        refused(Change.of(Samples.VM).withUuid(Samples.UUID_2), "fileset is missing");
    }

    @Test
    void aVmThatIsThereIsNotCreatedAgain() {
        Samples.putVm(base);
        refused(Samples.create(), "exists already");
    }

    @Test
    void aVmThatIsNotThereCannotBeChanged() throws IOException {
        refused(Change.of("none").withEnabled(false), "holds no job file");
        Files.createDirectories(vm);
        refused(Change.of(Samples.VM).withEnabled(false), "holds no job file");
    }

    @Test
    void aCreationThatWasCutShortCanBeMadeAgain() throws IOException {
        Files.createDirectories(vm);
        assertThat(read()).isEqualTo(new StoredInstance(List.of(), List.of(), List.of()));
        Samples.put(vm.resolve(".fileset.tmp"), "FileSe");
        Samples.put(vm.resolve(".job.tmp"), "");
        Samples.put(vm.resolve("fileset"), FileSetFile.write(Samples.fileSet(Samples.VM, Samples.UUID_2)));
        assertThat(read()).isEqualTo(new StoredInstance(List.of(), List.of(), List.of()));
        applied(Samples.create());
        assertThat(Samples.tree(vm)).containsOnlyKeys("", "fileset", "job");
        assertThat(vm.resolve("fileset")).hasContent(Samples.FILE_SET_TEXT);
    }

    @Test
    void aFileSetThatWeDidNotWriteIsNotOverwritten() {
        Samples.put(vm.resolve("fileset"), Samples.FILE_SET_TEXT.replace("SHA256", "SHA512"));
        assertProblem(Kind.FOREIGN, null, "holds no job file, but fileset");
        refused(Samples.create(), "holds no job file, but fileset");
    }

    private void assertProblem(Kind kind, UUID uuid, String... words) {
        StoredInstance instance = read();
        assertThat(instance.vms()).isEmpty();
        assertThat(instance.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(kind);
            assertThat(problem.slug()).isEqualTo(Samples.VM);
            assertThat(problem.uuid()).isEqualTo(uuid);
            assertThat(problem.reason())
                    .startsWith("datacenter1/openstack1/" + Samples.VM)
                    .contains(words);
        });
        refused(
                Change.of(Samples.VM)
                        .withEnabled(false)
                        .withMissingFileSet(Samples.fileSet(Samples.VM, Samples.UUID_1)),
                words);
        refused(Samples.create(), words);
    }

    @Test
    void whatIsNotOursIsReportedAndNeverChanged() throws IOException {
        Samples.put(vm.resolve("job"), "Job { Name = \"mine\" }\n");
        assertProblem(
                Kind.FOREIGN,
                null,
                "/job has no #@ headers, so director.conf does not list it",
                "@\"" + vm.resolve("job") + "\"");
        Files.delete(vm.resolve("job"));
        Samples.put(vm.resolve("notes\n.txt"), "x");
        assertProblem(Kind.FOREIGN, null, "holds no job file, but notes\\u000a.txt");
        Files.delete(vm.resolve("notes\n.txt"));
        Files.delete(vm);
        Samples.put(vm, "a file");
        assertProblem(Kind.FOREIGN, null, "is not a directory");
    }

    @Test
    void whatContradictsItselfIsReportedAndNeverChanged() {
        Samples.putVm(base);
        Path job = vm.resolve("job");
        Samples.put(job, Samples.JOB_TEXT.replace("active", "paused"));
        assertProblem(Kind.UNREADABLE, Samples.UUID_1, "#@status: is neither");
        Samples.put(job, Samples.JOB_TEXT.replace("#@uuid:", "#@uid:"));
        assertProblem(Kind.UNREADABLE, null, "lacks the header #@uuid:");
        Samples.put(job, Samples.JOB_TEXT.replace("#@openstack:     openstack1", "#@openstack: openstack2"));
        assertProblem(Kind.UNREADABLE, Samples.UUID_1, "belongs elsewhere");
        Samples.put(job, Samples.JOB_TEXT.replace("  Name ", "  Nome "));
        assertProblem(Kind.UNREADABLE, Samples.UUID_1, "without a Name");
    }

    @Test
    void aVmOfAnotherClientFollowsItsInstanceOnlyWhenItIsTold() {
        Samples.putVm(base);
        String text = Samples.JOB_TEXT
                .replace("#@client:        bacula-dc1-os1-fd", "#@client:        other-fd")
                .replace("= \"bacula-dc1-os1-fd\"", "= \"other-fd\"");
        Samples.put(vm.resolve("job"), text);
        assertThat(read().vms()).singleElement().satisfies(stored -> {
            assertThat(stored.client()).isEqualTo("other-fd");
            assertThat(stored.jobClient()).isEqualTo("other-fd");
        });
        refused(Samples.create(), "exists already");
        refused(new ConfigEdit.Remove(Samples.VM), "says #@client: other-fd, not bacula-dc1-os1-fd");
        applied(Change.of(Samples.VM).withDisplayName("new"));
        assertThat(read().vms().get(0).client()).isEqualTo("other-fd");
        applied(Change.of(Samples.VM).withDisplayName(Samples.VM).withClient("bacula-dc1-os1-fd"));
        assertThat(vm.resolve("job")).hasContent(Samples.JOB_TEXT);
    }

    @Test
    void aProxyIsReplacedWhereOnePluginStringNamesIt() {
        Samples.putVm(base);
        applied(Change.of(Samples.VM).withProxyServer("proxy-2"));
        assertThat(vm.resolve("fileset"))
                .hasContent(Samples.FILE_SET_TEXT.replace(Samples.INSTANCE.proxyServer() + " ", "proxy-2 "));
        assertThat(read().vms().get(0).proxyServer()).isEqualTo("proxy-2");
        Samples.put(
                vm.resolve("fileset"), Samples.FILE_SET_TEXT.replace("instance=", "proxy_server=another instance="));
        assertThat(read().vms().get(0).proxyServer()).isNull();
        refused(Change.of(Samples.VM).withProxyServer("proxy-2"), "no one Plugin string with proxy_server=");
    }

    @Test
    void aJobThatIsNoReadableFileIsReportedAndNeverChanged() throws IOException {
        Path job = vm.resolve("job");
        Files.createDirectories(job);
        assertProblem(Kind.UNREADABLE, null, "/job is a directory");
        Files.delete(job);
        Samples.put(job, new byte[(1 << 20) + 1]);
        assertProblem(Kind.UNREADABLE, null, "/job is longer than");
        Samples.put(job, Samples.JOB_TEXT);
        Files.createDirectory(vm.resolve("fileset"));
        assertProblem(Kind.UNREADABLE, Samples.UUID_1, "/fileset is a directory");
    }

    @Test
    void aProblemWithOneVmLeavesTheOthersAlone() {
        Samples.putVm(base);
        for (int i = 0; i < 40; i++) {
            Samples.put(vm.resolveSibling("bad" + i).resolve("job"), "Job {");
        }
        StoredInstance instance = read();
        assertThat(instance.vms()).extracting(ManagedVm::slug).containsExactly(Samples.VM);
        assertThat(instance.problems())
                .hasSize(40)
                .isSortedAccordingTo((a, b) -> a.slug().compareTo(b.slug()));
    }

    @Test
    void editsThatFailDoNotStopTheOthersAndResultsKeepTheirOrder() {
        List<ConfigEdit> edits = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            edits.add(
                    i % 5 == 0
                            ? Change.of("none" + i).withEnabled(false)
                            : Samples.create("vm" + i, "vm" + i, new UUID(1, i)));
        }
        List<EditResult> results = apply(edits.toArray(ConfigEdit[]::new));
        assertThat(results).extracting(EditResult::edit).containsExactlyElementsOf(edits);
        for (int i = 0; i < 50; i++) {
            assertThat(results.get(i).error() != null).isEqualTo(i % 5 == 0);
        }
        assertThat(read().vms()).hasSize(40);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../x", "/etc", "a\nb", "a\u0000b", "\u00e4"})
    void anEditCannotReachOutOfItsInstance(String slug) {
        Samples.putVm(base);
        refused(Change.of(slug).withEnabled(false), "not a safe name");
        JobSpec job = Samples.create().job();
        refused(new ConfigEdit.Create(
                slug, "x", Samples.UUID_1, job, Samples.create().fileSet(), Samples.CREATED));
    }

    @ParameterizedTest
    @ValueSource(strings = {".x", "-x", "a b"})
    void ourOwnNamesKeepOurRule(String slug) {
        refused(Samples.create(slug, "x", Samples.UUID_1), "not a legal name");
    }

    @Test
    void aNameThatTheDirectorWouldRefuseIsNeverWritten() {
        ConfigEdit.Create good = Samples.create();
        JobSpec job = good.job();
        String evil = "x\"\n}\nJob {";
        for (JobSpec bad : List.of(
                new JobSpec(evil, job.jobDefs(), job.client(), job.fileSet(), "s", "p", "s", "m"),
                new JobSpec(job.name(), evil, job.client(), job.fileSet(), "s", "p", "s", "m"),
                new JobSpec(job.name(), "d", "c", job.fileSet(), "s", "p", "s", ""),
                new JobSpec(job.name(), "d", "c", "another-fileset", "s", "p", "s", "m"))) {
            refused(new ConfigEdit.Create(Samples.VM, "x", Samples.UUID_1, bad, good.fileSet(), Samples.CREATED));
        }
        for (FileSetSpec bad : List.of(
                new FileSetSpec(good.fileSet().name(), evil, Samples.UUID_1, null),
                new FileSetSpec(good.fileSet().name(), "p", Samples.UUID_1, evil))) {
            refused(new ConfigEdit.Create(Samples.VM, "x", Samples.UUID_1, job, bad, Samples.CREATED));
        }
        Samples.putVm(base);
        refused(Change.of(Samples.VM).withJobDefs(evil));
    }

    @Test
    void twoEditsForOneVmAreAMistakeOfTheCaller() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            List<ConfigEdit> edits = List.of(Change.of("a"), Change.of("a"));
            assertThatThrownBy(() -> session.apply(Samples.INSTANCE, edits))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aSessionForReadingRefusesToWriteAndLeavesNoTrace() {
        Samples.putVm(base);
        Map<String, String> before = Samples.tree(base);
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            session.read(Samples.INSTANCE);
            session.readAll();
            assertThatThrownBy(() -> session.apply(Samples.INSTANCE, List.of(Samples.create())))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.publish(Set.of())).isInstanceOf(IllegalStateException.class);
        }
        assertThat(Samples.tree(base)).isEqualTo(before);
        assertThat(base.resolve(StoreLock.FILE_NAME)).doesNotExist();
    }

    @Test
    void aClosedSessionIsClosed() {
        StoreSession session = Samples.store(base).open(Access.WRITE);
        session.close();
        session.close();
        assertThatThrownBy(() -> session.read(Samples.INSTANCE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void readAllWalksEveryInstanceThatEverWasAndNothingElse() {
        Samples.putVm(base);
        Path other = base.resolve("dc2/os2/vm2");
        Samples.put(
                other.resolve("job"),
                Samples.JOB_TEXT
                        .replace("datacenter1\n", "dc2\n")
                        .replace("openstack1\n", "os2\n")
                        .replace("client:        bacula-dc1-os1-fd", "client: gone-fd"));
        Samples.put(base.resolve("clients.conf"), "x");
        Samples.put(base.resolve("lost+found/a/b/job"), Samples.JOB_TEXT);
        Samples.put(base.resolve(".git/a/b/job"), Samples.JOB_TEXT);
        Samples.put(base.resolve("datacenter1/README"), "x");
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            StoredInstance all = session.readAll();
            assertThat(all.problems()).isEmpty();
            assertThat(all.vms()).extracting(ManagedVm::slug).containsExactly(Samples.VM, "vm2");
            assertThat(all.vms()).extracting(ManagedVm::client).containsExactly("bacula-dc1-os1-fd", "gone-fd");
        }
    }

    @Test
    void aBaseDirectoryThatIsNoneIsToldAtOnce() {
        FileStore store = Samples.store(base.resolve("none"));
        assertThatThrownBy(() -> store.open(Access.READ))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("BASE_DIR");
    }

    @Test
    void aFileInThePlaceOfAnInstanceFailsThatInstance() {
        Samples.put(base.resolve("datacenter1"), "x");
        assertThatThrownBy(this::read).isInstanceOf(ProviderException.class).hasMessageContaining("not a directory");
        refused(Samples.create(), "is not a directory");
    }

    @Test
    void thePrefixOfAnotherInstanceIsAnotherDirectory() {
        Samples.putVm(base);
        OpenStackInstance other = new OpenStackInstance("datacenter1", "openstack", "c", "p", "x-", null);
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            assertThat(session.read(other).vms()).isEmpty();
        }
        assertThat(read().problems()).extracting(StoreProblem::slug).isEmpty();
    }
}
