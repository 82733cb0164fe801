package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.disk.StoreLock;
import dev.baculasync.filestore.vm.FileSetFile;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.JobDirectives;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreProblem.Kind;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import dev.baculasync.testkit.Fleets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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

    private List<EditResult> apply(List<VmEdit> edits) {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            List<EditResult> results = session.apply(edits);
            session.commit();
            return results;
        }
    }

    /** What an edit is to do, decided on what is there now. */
    private VmEdit decided(Edit edit) {
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            return edit.in(session);
        }
    }

    private void applied(Edit... edits) {
        List<VmEdit> decided = Stream.of(edits).map(this::decided).toList();
        assertThat(apply(decided)).extracting(EditResult::error).containsOnlyNulls();
    }

    private void refused(Edit edit, String... words) {
        refused(decided(edit), words);
    }

    private void refused(VmEdit edit, String... words) {
        Map<String, String> before = Samples.tree(base);
        assertThat(apply(List.of(edit)))
                .singleElement()
                .satisfies(result -> assertThat(result.edit()).isSameAs(edit))
                .extracting(EditResult::error)
                .isInstanceOf(ProviderException.class)
                .asString()
                .contains("nothing was changed")
                .satisfies(text -> assertThat(List.of(words)).allMatch(text::contains));
        assertThat(Samples.tree(base)).isEqualTo(before);
    }

    private static Edit change(UnaryOperator<ManagedVm.Builder> change) {
        return Samples.change(Samples.VM, change);
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
                new VmKey("datacenter1", "openstack1", Samples.VM),
                "bacula-dc1-os1-fd",
                " r\u00f6cky\n\\ \u2028",
                Samples.UUID_1,
                JobStatus.ACTIVE,
                null,
                false,
                null,
                null,
                List.of(),
                false,
                Stamp.of(Samples.CREATED),
                new JobDirectives(
                        "backup-dc1-os1-rocky9-instance1",
                        true,
                        "DefaultJob",
                        "bacula-dc1-os1-fd",
                        "fs-datacenter1-openstack1-rocky9-instance1",
                        "File1",
                        "Default",
                        "WeeklyCycle",
                        "Standard"),
                new FileSetFacts(
                        "fs-datacenter1-openstack1-rocky9-instance1",
                        "dc1-os1-proxy",
                        "sha256",
                        Set.of(Samples.UUID_1)));
        assertThat(read()).isEqualTo(new StoredInstance(List.of(stored), List.of()));
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            assertThat(session.readAll()).isEqualTo(read());
        }
    }

    @Test
    void whatWouldNotBeReadAgainIsNotWritten() {
        String endless = "\u0001".repeat(200_000);
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            assertThat(Samples.apply(session, Samples.create(Samples.VM, endless, Samples.UUID_1)))
                    .singleElement()
                    .satisfies(result -> assertThat(result.error()).isNotNull().hasMessageContaining("longer than"));
            assertThat(Samples.apply(session, Samples.create(Samples.VM, "web", Samples.UUID_1)))
                    .singleElement()
                    .satisfies(result -> assertThat(result.error()).isNull());
            assertThat(Samples.apply(session, change(vm -> vm.displayName(endless))))
                    .singleElement()
                    .satisfies(result -> assertThat(result.error()).isNotNull().hasMessageContaining("longer than"));
            session.commit();
        }
        assertThat(read().vms()).extracting(ManagedVm::displayName).containsExactly("web");
    }

    @Test
    void aFileSetThatSomebodyEditedIsReadAsItStands() throws IOException {
        applied(Samples.create());
        Path file = vm.resolve("fileset");
        Files.writeString(file, Samples.FILE_SET_TEXT.replace("fs-datacenter1", "fs-other"));
        assertThat(read().vms()).singleElement().satisfies(stored -> {
            assertThat(stored.fileSet()).isNotNull();
            assertThat(stored.fileSet().name()).isEqualTo("fs-other-openstack1-rocky9-instance1");
            assertThat(stored.backsUpItself()).isTrue();
            assertThat(stored.resourceNames())
                    .containsExactlyInAnyOrder(
                            "backup-dc1-os1-rocky9-instance1",
                            "fs-datacenter1-openstack1-rocky9-instance1",
                            "fs-other-openstack1-rocky9-instance1");
        });
        Files.writeString(file, Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), "rocky9-instance1"));
        assertThat(read().vms()).singleElement().satisfies(stored -> {
            assertThat(stored.fileSet()).isNotNull();
            assertThat(stored.backsUpItself()).isFalse();
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
        applied(change(each -> Samples.replace(each, Samples.UUID_2)
                .displayName("new")
                .status(JobStatus.DISABLED)
                .missingSince(Stamp.of(Samples.CREATED))
                .disabledAt(Stamp.of(Samples.CREATED.plusSeconds(1)))
                .reenabledAt(Stamp.of(Samples.CREATED.plusSeconds(2)))
                .enabled(false)
                .jobDefs("Other Job")));
        assertThat(read().vms())
                .containsExactly(new ManagedVm(
                        new VmKey("datacenter1", "openstack1", Samples.VM),
                        "bacula-dc1-os1-fd",
                        "new",
                        Samples.UUID_2,
                        JobStatus.DISABLED,
                        Stamp.of(Samples.CREATED),
                        false,
                        Stamp.of(Samples.CREATED.plusSeconds(1)),
                        Stamp.of(Samples.CREATED.plusSeconds(2)),
                        List.of(Samples.UUID_1),
                        false,
                        Stamp.of(Samples.CREATED),
                        new JobDirectives(
                                "backup-dc1-os1-rocky9-instance1",
                                false,
                                "Other Job",
                                "bacula-dc1-os1-fd",
                                "fs-datacenter1-openstack1-rocky9-instance1",
                                "File1",
                                "Default",
                                "WeeklyCycle",
                                "Standard"),
                        new FileSetFacts(
                                "fs-datacenter1-openstack1-rocky9-instance1",
                                "dc1-os1-proxy",
                                "sha256",
                                Set.of(Samples.UUID_2))));
        assertThat(Samples.text(vm.resolve("job")))
                .isEqualTo(Samples.JOB_TEXT
                        .replace("#@vm: rocky9-instance1", "#@vm: new")
                        .replace(Samples.UUID_1.toString(), Samples.UUID_2.toString())
                        .replace("#@status:        active\n", """
                        #@status:        disabled
                        #@missing-since: 2026-05-18 19:00:00
                        #@disabled:      2026-05-18 19:00:01
                        #@reenabled:     2026-05-18 19:00:02
                        #@previous-uuid: 014c5892-5efb-4efb-bd60-4e038800475d
                        """)
                        .replace("DefaultJob", "Other Job")
                        .replace("= yes", "= no"));
        assertThat(Samples.text(vm.resolve("fileset")))
                .isEqualTo(Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), Samples.UUID_2.toString()));
    }

    /** A record is whole: what is written is what is read. */
    @Test
    void aVmIsCreatedWithAllThatItsRecordSays() {
        ManagedVm whole = Samples.vm().toBuilder()
                .status(JobStatus.DISABLED)
                .enabled(false)
                .missingSince(Stamp.of(Samples.CREATED.plusSeconds(1)))
                .suspect(true)
                .disabledAt(Stamp.of(Samples.CREATED.plusSeconds(2)))
                .reenabledAt(Stamp.of(Samples.CREATED.plusSeconds(3)))
                .previousUuids(List.of(Samples.UUID_2))
                .disabledByOperator(true)
                .build();
        applied(session -> VmEdit.create(whole));
        assertThat(read().vms()).containsExactly(whole);
    }

    @Test
    void whatAnEditLeavesOutOfANewVmIsNotWritten() {
        ManagedVm bare = ManagedVm.builder(Samples.INSTANCE, Samples.VM, Samples.UUID_1)
                .createdAt(Stamp.of(Samples.CREATED))
                .build();
        applied(session -> VmEdit.create(bare));
        assertThat(Samples.text(vm.resolve("job")))
                .isEqualTo(Samples.JOB_TEXT
                        .lines()
                        .filter(line -> !line.matches("  (JobDefs|Storage|Pool|Schedule|Messages) .*"))
                        .collect(Collectors.joining("\n", "", "\n")));
        assertThat(vm.resolve("fileset")).hasContent(Samples.FILE_SET_TEXT.replace("      dedup     = sha256\n", ""));
        assertThat(read().vms()).containsExactly(bare);
    }

    static Stream<UnaryOperator<String>> editsByHand() {
        return Stream.of(
                job -> job.replace("#@vm: rocky9-instance1", "#@vm: by-hand"),
                job -> job.replace("#@client:        bacula-dc1-os1-fd", "#@client: by-hand"),
                job -> job.replace("active\n", "active\n#@missing-since: 2026-05-18 19:00:00\n"),
                job -> job.replace("active\n", "active\n#@previous-uuid: " + Samples.UUID_2 + "\n"),
                job -> job.replace("created: 2026", "created: 2025"),
                job -> job.replace("File1", "by-hand"),
                job -> job.replace("\"File1\"", "File1, File2"),
                job -> job.replace("  Pool       = \"Default\"\n", ""),
                job -> job.replace("= yes", "= no"),
                fileSet -> fileSet.replace("proxy_server=dc1-os1-proxy", "proxy_server=by-hand"),
                fileSet -> fileSet.replace("sha256", "blake2"),
                fileSet -> fileSet.replace("      dedup     = sha256\n", ""),
                fileSet -> fileSet.replace("instance=" + Samples.UUID_1, "instance=" + Samples.UUID_2),
                fileSet -> fileSet.replace("Name = \"", "Name = \"by-hand"));
    }

    @ParameterizedTest
    @MethodSource("editsByHand")
    void whatIsNotWhatItWasWhenAnEditWasDecidedIsLeftAlone(UnaryOperator<String> byHand) {
        Samples.putVm(base);
        Map<String, String> before = Samples.tree(vm);
        List<VmEdit> decided = Stream.of(
                        change(each -> Samples.replace(each, Samples.UUID_2).displayName("new")),
                        change(each -> each.enabled(true)),
                        Samples.remove(Samples.VM))
                .map(this::decided)
                .toList();
        Samples.put(vm.resolve("job"), byHand.apply(Samples.JOB_TEXT));
        Samples.put(vm.resolve("fileset"), byHand.apply(Samples.FILE_SET_TEXT));
        assertThat(Samples.tree(vm)).isNotEqualTo(before);
        for (VmEdit late : decided) {
            refused(late, "is not what it was when this was decided");
        }
        Edit now = change(each -> each.reenabledAt(Stamp.of(Samples.CREATED)));
        applied(now);
    }

    @Test
    void whatVanishedSinceAnEditWasDecidedIsNotMadeAgain() throws IOException {
        Samples.putVm(base);
        List<VmEdit> decided = Stream.of(
                        change(each -> each), change(each -> each.enabled(false)), Samples.remove(Samples.VM))
                .map(this::decided)
                .toList();
        Files.delete(vm.resolve("fileset"));
        for (VmEdit late : decided) {
            refused(late, "is not what it was when this was decided");
        }
        Files.delete(vm.resolve("job"));
        for (VmEdit late : decided) {
            refused(late, "holds no job file");
        }
    }

    @Test
    void whatIsNotManagedMayChangeBetweenDecidingAndWriting() {
        Samples.putVm(base);
        VmEdit decided = decided(change(each -> Samples.replace(each, Samples.UUID_2)));
        UnaryOperator<String> byHand = text -> text.replace("{\n", "{\n  # by hand\n");
        Samples.put(vm.resolve("job"), byHand.apply(Samples.JOB_TEXT));
        Samples.put(vm.resolve("fileset"), byHand.apply(Samples.FILE_SET_TEXT));
        assertThat(apply(List.of(decided))).extracting(EditResult::error).containsOnlyNulls();
        assertThat(Samples.text(vm.resolve("job"))).contains("Job {\n  # by hand\n", Samples.UUID_2.toString());
        assertThat(vm.resolve("fileset"))
                .hasContent(byHand.apply(Samples.FILE_SET_TEXT)
                        .replace(Samples.UUID_1.toString(), Samples.UUID_2.toString()));
    }

    @Test
    void aTreeWithoutTheInstanceIsAnInstanceWithoutVms() {
        assertThat(read()).isEqualTo(new StoredInstance(List.of(), List.of()));
    }

    @Test
    void anEditKeepsTheModeOfTheFile() throws IOException {
        Samples.putVm(base);
        Files.setPosixFilePermissions(vm.resolve("job"), PosixFilePermissions.fromString("rw-rw-r--"));
        applied(change(each -> each.enabled(false)));
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
        applied(change(each -> each.enabled(false)));
        assertThat(Files.readAttributes(vm.resolve("job"), "unix:uid,gid"))
                .containsEntry("uid", 4444)
                .containsEntry("gid", 4343);
    }

    @Test
    void aChangeOfNothingWritesNothing() throws IOException {
        Samples.putVm(base);
        Object before = Files.getAttribute(vm.resolve("job"), "unix:ino");
        applied(change(each -> each), Samples.create("other", "other", Samples.UUID_2));
        applied(change(each -> each.enabled(true).status(JobStatus.ACTIVE).displayName(Samples.VM)));
        assertThat(Files.getAttribute(vm.resolve("job"), "unix:ino")).isEqualTo(before);
    }

    @Test
    void aMissingFileSetIsWrittenOnlyWhenThereIsNone() throws IOException {
        Samples.putVm(base);
        Edit missing = change(each -> each.fileSet(Samples.fileSet(Samples.VM, Samples.UUID_2)));
        refused(missing, "fileset cannot be made to say what it should");
        assertThat(vm.resolve("fileset")).hasContent(Samples.FILE_SET_TEXT);

        Files.delete(vm.resolve("fileset"));
        assertThat(read().vms()).extracting(ManagedVm::fileSet).containsOnlyNulls();
        applied(missing);
        assertThat(Samples.text(vm.resolve("fileset"))).contains("instance=" + Samples.UUID_2);

        Samples.put(vm.resolve("fileset"), "");
        assertThat(read().vms()).extracting(ManagedVm::fileSet).containsOnlyNulls();
        applied(change(each -> each.fileSet(Samples.fileSet(Samples.VM, Samples.UUID_1))));
        assertThat(vm.resolve("fileset")).hasContent(Samples.FILE_SET_TEXT);
        assertThat(vm.resolve("job")).hasContent(Samples.JOB_TEXT);
    }

    @Test
    void nothingElseOfAFileSetCanBeChanged() {
        Samples.putVm(base);
        FileSetFacts facts = Samples.fileSet(Samples.VM, Samples.UUID_1);
        for (FileSetFacts other : List.of(
                new FileSetFacts(facts.name(), facts.proxyServer(), "blake2", facts.instances()),
                new FileSetFacts(facts.name(), facts.proxyServer(), null, facts.instances()),
                new FileSetFacts(facts.name(), null, facts.dedup(), facts.instances()),
                new FileSetFacts(facts.name(), facts.proxyServer(), facts.dedup(), Set.of()),
                new FileSetFacts(
                        facts.name(), facts.proxyServer(), facts.dedup(), Set.of(Samples.UUID_1, Samples.UUID_2)))) {
            refused(change(each -> each.fileSet(other).enabled(false)), "fileset cannot be made to say what it should");
        }
    }

    /** Its directory was renamed. */
    @Test
    void aMissingFileSetThatNoJobNamesIsNotWritten() throws IOException {
        Samples.put(vm.resolveSibling("web.old").resolve("job"), Samples.JOB_TEXT);
        Edit edit = Samples.change("web.old", each -> each.fileSet(Samples.fileSet("web.old", Samples.UUID_1)));
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
        applied(change(each -> Samples.replace(each, Samples.UUID_2)));
        assertThat(vm.resolve("fileset")).hasContent(changed);
        assertThat(read().vms()).extracting(ManagedVm::uuid).containsExactly(Samples.UUID_2);
    }

    @Test
    void aReplacementNeedsAFileSetThatNamesTheOldVm() throws IOException {
        Samples.putVm(base);
        Samples.put(vm.resolve("fileset"), "FileSet { Name = \"x\" }\n");
        refused(change(each -> Samples.replace(each, Samples.UUID_2)), "another VM (instance=)");
        Samples.put(vm.resolve("fileset"), Samples.FILE_SET_TEXT.replace("014c5892", "33333333"));
        refused(change(each -> Samples.replace(each, Samples.UUID_2)), "another VM (instance=)");
        assertThatThrownBy(() -> decided(change(each -> each.uuid(Samples.UUID_2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a FileSet that names it");
        Files.delete(vm.resolve("fileset"));
        assertThatThrownBy(() -> decided(change(each -> each.uuid(Samples.UUID_2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a FileSet that names it");
    }

    @Test
    void aReplacementMayBringTheFileSetThatIsMissing() throws IOException {
        Samples.putVm(base);
        Files.delete(vm.resolve("fileset"));
        applied(change(
                each -> Samples.replace(each.fileSet(Samples.fileSet(Samples.VM, Samples.UUID_1)), Samples.UUID_2)));
        assertThat(vm.resolve("fileset"))
                .hasContent(Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), Samples.UUID_2.toString()));
        assertThat(read().vms()).extracting(ManagedVm::uuid).containsExactly(Samples.UUID_2);
    }

    @Test
    void aVmThatIsThereIsNotCreatedAgain() {
        Samples.putVm(base);
        refused(Samples.create(), "exists already");
    }

    @Test
    void aVmThatIsNotThereCannotBeChanged() throws IOException {
        refused(Samples.change("none", each -> each.enabled(false)), "holds no job file");
        Files.createDirectories(vm);
        refused(change(each -> each.enabled(false)), "holds no job file");
    }

    @Test
    void aCreationThatWasCutShortCanBeMadeAgain() throws IOException {
        Files.createDirectories(vm);
        assertThat(read()).isEqualTo(new StoredInstance(List.of(), List.of()));
        Samples.put(vm.resolve(".fileset.tmp"), "FileSe");
        Samples.put(vm.resolve(".job.tmp"), "");
        Samples.put(vm.resolve("fileset"), FileSetFile.write(Samples.fileSet(Samples.VM, Samples.UUID_2)));
        assertThat(read()).isEqualTo(new StoredInstance(List.of(), List.of()));
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
        refused(change(each -> each.enabled(false)), words);
        refused(Samples.create(), words);
        refused(Samples.remove(Samples.VM), words);
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
            assertThat(stored.directives().client()).isEqualTo("other-fd");
        });
        refused(Samples.create(), "exists already");
        refused(VmEdit.remove(Samples.vm()), "is not what it was when this was decided");
        applied(change(each -> each.displayName("new")));
        assertThat(read().vms().get(0).client()).isEqualTo("other-fd");
        applied(change(
                each -> each.displayName(Samples.VM).client("bacula-dc1-os1-fd").jobClient("bacula-dc1-os1-fd")));
        assertThat(vm.resolve("job")).hasContent(Samples.JOB_TEXT);
    }

    @Test
    void aProxyIsReplacedWhereOnePluginStringNamesIt() {
        Samples.putVm(base);
        applied(change(each -> each.proxyServer("proxy-2")));
        assertThat(vm.resolve("fileset"))
                .hasContent(Samples.FILE_SET_TEXT.replace(Samples.INSTANCE.proxyServer() + " ", "proxy-2 "));
        assertThat(read().vms().get(0).proxyServer()).isEqualTo("proxy-2");
        Samples.put(
                vm.resolve("fileset"), Samples.FILE_SET_TEXT.replace("instance=", "proxy_server=another instance="));
        assertThat(read().vms().get(0).proxyServer()).isNull();
        refused(change(each -> each.proxyServer("proxy-2")), "another proxy (proxy_server=)");
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
        List<VmEdit> edits = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            edits.add(decided(
                    i % 5 == 0
                            ? Samples.change("none" + i, each -> each.enabled(false))
                            : Samples.create("vm" + i, "vm" + i, new UUID(1, i))));
        }
        List<EditResult> results = apply(edits);
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
        ManagedVm nowhere = Samples.vm(slug, "x", Samples.UUID_1).toBuilder()
                .directives(Samples.vm().directives())
                .fileSet(Samples.vm().fileSet())
                .build();
        refused(VmEdit.create(nowhere), "not a safe name");
        refused(VmEdit.change(nowhere, nowhere.toBuilder().enabled(false).build()), "not a safe name");
        refused(VmEdit.remove(nowhere), "not a safe name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../x", "/etc", "a\nb", "a\u0000b", ".x", "-x", "a b", "\u00e4"})
    void anEditCannotReachOutOfItsTree(String name) {
        Samples.putVm(base);
        for (VmKey key :
                List.of(new VmKey(name, "openstack1", Samples.VM), new VmKey("datacenter1", name, Samples.VM))) {
            VmEdit creation = VmEdit.create(at(key));
            refused(creation, "not a safe name");
            refused(VmEdit.change(at(key), at(key).toBuilder().enabled(false).build()), "not a safe name");
            refused(VmEdit.remove(at(key)), "not a safe name");
        }
    }

    /** The sample VM in another place. */
    private static ManagedVm at(VmKey key) {
        ManagedVm vm = Samples.vm();
        return new ManagedVm(
                key,
                vm.client(),
                vm.displayName(),
                vm.uuid(),
                vm.status(),
                vm.missingSince(),
                vm.suspect(),
                vm.disabledAt(),
                vm.reenabledAt(),
                vm.previousUuids(),
                vm.disabledByOperator(),
                vm.createdAt(),
                vm.directives(),
                vm.fileSet());
    }

    @ParameterizedTest
    @ValueSource(strings = {".x", "-x", "a b"})
    void ourOwnNamesKeepOurRule(String slug) {
        refused(Samples.create(slug, "x", Samples.UUID_1), "not a legal name");
    }

    @Test
    void aNameThatTheDirectorWouldRefuseIsNeverWritten() throws IOException {
        String evil = "x\"\n}\nJob {";
        JobDirectives job = Samples.vm().directives();
        for (JobDirectives bad : List.of(
                new JobDirectives(evil, true, null, null, job.fileSet(), null, null, null, null),
                new JobDirectives(job.name(), true, evil, null, job.fileSet(), null, null, null, null),
                new JobDirectives(job.name(), true, null, evil, job.fileSet(), null, null, null, null),
                new JobDirectives(job.name(), true, null, null, job.fileSet(), evil, null, null, null),
                new JobDirectives(job.name(), true, null, null, job.fileSet(), null, evil, null, null),
                new JobDirectives(job.name(), true, null, null, job.fileSet(), null, null, evil, null),
                new JobDirectives(job.name(), true, null, null, job.fileSet(), null, null, null, ""),
                new JobDirectives(job.name(), true, null, null, null, null, null, null, null),
                new JobDirectives(job.name(), true, null, null, "another-fileset", null, null, null, null))) {
            refused(session ->
                    VmEdit.create(Samples.vm().toBuilder().directives(bad).build()));
        }
        JobDirectives evilFileSet = new JobDirectives(job.name(), true, null, null, evil, null, null, null, null);
        refused(session -> VmEdit.create(Samples.vm().toBuilder()
                .directives(evilFileSet)
                .fileSetName(evil)
                .build()));
        Set<UUID> one = Set.of(Samples.UUID_1);
        List<FileSetFacts> badFileSets = List.of(
                new FileSetFacts(null, "p", null, one),
                new FileSetFacts(job.fileSet(), evil, null, one),
                new FileSetFacts(job.fileSet(), null, null, one),
                new FileSetFacts(job.fileSet(), "p", evil, one),
                new FileSetFacts(job.fileSet(), "p", null, Set.of()),
                new FileSetFacts(job.fileSet(), "p", null, Set.of(Samples.UUID_1, Samples.UUID_2)));
        for (FileSetFacts bad : badFileSets) {
            refused(session ->
                    VmEdit.create(Samples.vm().toBuilder().fileSet(bad).build()));
        }
        refused(session -> VmEdit.create(Samples.vm().toBuilder().fileSet(null).build()));
        Samples.putVm(base);
        refused(change(each -> each.jobDefs(evil)), "Job {");
        refused(change(each -> each.jobClient(evil)), "Job {");
        refused(change(each -> each.proxyServer(evil)), "Job {");
        Files.delete(vm.resolve("fileset"));
        for (FileSetFacts bad : badFileSets) {
            refused(change(each -> each.fileSet(bad)));
        }
    }

    /** An operator may have named them by another rule. */
    @Test
    void aNameThatIsThereAlreadyDoesNotKeepTheRestFromBeingChanged() {
        String text = Samples.JOB_TEXT.replace("\"File1\"", "\"a/b\"");
        Samples.putVm(base);
        Samples.put(vm.resolve("job"), text);
        applied(change(each -> each.enabled(false)));
        assertThat(vm.resolve("job")).hasContent(text.replace("= yes", "= no"));
    }

    @Test
    void editsOfSeveralInstancesAreCarriedOutTogetherAndResultsKeepTheirOrder() {
        List<VmEdit> edits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            OpenStackInstance instance = Fleets.instance(i % 3);
            edits.add(VmEdit.create(
                    Fleets.vm(instance, "vm" + i / 3, new UUID(1, i)).build()));
        }
        List<EditResult> results = apply(edits);
        assertThat(results).extracting(EditResult::edit).containsExactlyElementsOf(edits);
        assertThat(results).extracting(EditResult::error).containsOnlyNulls();
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            assertThat(session.readAll().vms())
                    .containsExactlyInAnyOrderElementsOf(
                            edits.stream().map(VmEdit::after).toList());
        }
    }

    @Test
    void twoEditsForOneVmAreAMistakeOfTheCaller() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            List<Edit> edits = List.of(Samples.remove("a"), Samples.create("a", "a", Samples.UUID_2));
            assertThatThrownBy(() -> Samples.apply(session, edits)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aSessionForReadingRefusesToWriteAndLeavesNoTrace() {
        Samples.putVm(base);
        Map<String, String> before = Samples.tree(base);
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            session.read(Samples.INSTANCE);
            session.readAll();
            assertThatThrownBy(() -> Samples.apply(session, Samples.create()))
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
