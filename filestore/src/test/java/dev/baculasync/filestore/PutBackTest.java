package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PutBackTest {
    @TempDir
    Path directory;

    private Path base;
    private StoreSession session;

    @BeforeEach
    void open() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        base = Files.createSymbolicLink(directory.resolve("base"), real);
        Samples.putVm(base);
        session = Samples.store(base).open(Access.WRITE);
    }

    @AfterEach
    void close() {
        session.close();
    }

    private void apply(Edit... edits) {
        assertThat(Samples.apply(session, edits)).extracting(EditResult::error).containsOnlyNulls();
    }

    private static VmKey changed(String slug) {
        return VmKey.of(Samples.INSTANCE, slug);
    }

    private List<String> named(String text) {
        return session.namedIn(text, possible()).stream().map(VmKey::slug).toList();
    }

    private Set<VmKey> possible() {
        Set<VmKey> vms = session.listing().found().stream().map(ListableVm::vm).collect(Collectors.toSet());
        vms.add(changed(Samples.VM));
        return vms;
    }

    private void createSome() {
        for (String name : List.of("web", "web2", "my-web", "web.job")) {
            apply(Samples.create(name, name, Samples.UUID_2));
        }
    }

    @Test
    void aVmIsNamedByTheWholePathOfAFile() {
        createSome();
        String vm = base + "/datacenter1/openstack1/web";
        assertThat(named("Config error: Could not find config Resource JobDefs\n            : line 10, col 30 of file "
                        + vm + "/job\n  JobDefs    = \"nope\"\n"))
                .containsExactly("web");
        assertThat(named("in " + vm + "/fileset.")).containsExactly("web");
        assertThat(named("@\"" + vm + "2/job\": " + vm + ".job/job:12")).containsExactly("web2", "web.job");
        assertThat(named(base.resolveSibling("real") + "/datacenter1/openstack1/web/job"))
                .containsExactly("web");
        for (String other : List.of(
                vm + "3/job",
                vm + "/job2",
                vm + "/jobs",
                vm + "/job.bak",
                vm + "/job/x",
                vm + "/job-old",
                vm,
                "/mnt" + vm + "/job",
                "/datacenter1/openstack1/web/job",
                base + "/director.conf",
                "")) {
            assertThat(named("of file " + other + "\n")).as(other).isEmpty();
        }
    }

    @Test
    void aVmIsNamedByItsResourcesInQuotes() {
        createSome();
        assertThat(named("\"Pool\" directive in Job \"backup-dc1-os1-web\" resource is required, but not found.\n"))
                .containsExactly("web");
        assertThat(named("FileSet \"fs-datacenter1-openstack1-web2\" is bad")).containsExactly("web2");
        assertThat(named("Job backup-dc1-os1-web, \"backup-dc1-os1-web3\", \" backup-dc1-os1-web\""))
                .isEmpty();
    }

    /** A tenant may ask for JobDefs that are called like his neighbour's job. */
    @Test
    void whatIsQuotedDoesNotCountWhenAFileIsNamed() {
        createSome();
        assertThat(named("Could not find config Resource \"backup-dc1-os1-web2\" referenced on line 9 of file " + base
                        + "/datacenter1/openstack1/web/job"))
                .containsExactly("web");
    }

    @Test
    void resourcesAloneNameOnlyVmsOfThisSession() {
        assertThat(named("of file " + Samples.vmDirectory(base) + "/job")).containsExactly(Samples.VM);
        String text = "Could not find config Resource \"backup-dc1-os1-" + Samples.VM + "\"";
        assertThat(named(text)).isEmpty();
        apply(Samples.change(Samples.VM, vm -> vm.enabled(true)));
        assertThat(named(text)).as("nothing was changed").isEmpty();
        apply(Samples.change(Samples.VM, vm -> vm.enabled(false)));
        assertThat(named(text)).containsExactly(Samples.VM);
        assertThat(named("Job \"backup-dc1-os1-rocky9-instance1\"")).containsExactly(Samples.VM);
        session.rollback(List.of(changed(Samples.VM)));
        assertThat(named(text)).isEmpty();
        apply(Samples.change(Samples.VM, vm -> vm.enabled(false)));
        session.commit();
        assertThat(named(text)).isEmpty();
    }

    @Test
    void aVmThatIsPutBackLeavesTheOthersAsTheyAre() {
        Map<String, String> before = RunModel.vms(base);
        createSome();
        apply(Samples.change(
                Samples.VM, vm -> Samples.replace(vm, Samples.UUID_2).displayName("x")));
        session.publish(session.listing().whole());
        for (String vm : List.of("web", Samples.VM)) {
            session.rollback(List.of(changed(vm)));
            assertThat(session.publish(session.listing().whole())).isTrue();
        }
        assertThat(Samples.text(base.resolve("director.conf")))
                .contains("/web2/job", "/web2/fileset", "/" + Samples.VM + "/job")
                .doesNotContain("/web/");
        assertThat(RunModel.vms(base)).containsAllEntriesOf(before).doesNotContainKey("datacenter1/openstack1/web");
        assertThat(session.read(Samples.INSTANCE).vms())
                .extracting(vm -> vm.slug())
                .containsExactly("my-web", Samples.VM, "web.job", "web2");
        session.rollback(Samples.everything(session));
        session.publish(session.listing().whole());
        assertThat(RunModel.vms(base)).isEqualTo(before);
        assertThat(named("of file " + base + "/datacenter1/openstack1/web2/job"))
                .isEmpty();
    }

    @Test
    void aRemovedVmComesBackAsItWas() throws IOException {
        Path vm = Samples.vmDirectory(base);
        Samples.put(vm.resolve("job"), Samples.JOB_TEXT + "# by hand\n");
        Files.setPosixFilePermissions(vm.resolve("job"), PosixFilePermissions.fromString("rw-rw----"));
        Files.setPosixFilePermissions(vm.resolve("fileset"), PosixFilePermissions.fromString("r--r--r--"));
        Files.setAttribute(vm, "unix:mode", 02775);
        session.publish(session.listing().whole());
        String list = Samples.text(base.resolve("director.conf"));
        Map<String, String> before = RunModel.vms(base);
        Object owner = Files.getAttribute(vm.resolve("job"), "unix:uid");
        apply(Samples.remove(Samples.VM), Samples.create("web", "web", Samples.UUID_2));
        assertThat(vm).doesNotExist();
        session.publish(session.listing().whole());
        session.rollback(List.of(changed(Samples.VM), changed("web")));
        assertThat(session.publish(session.listing().whole())).isTrue();
        assertThat(RunModel.vms(base)).isEqualTo(before);
        assertThat(Files.getAttribute(vm, "unix:mode")).isEqualTo(0042775);
        assertThat(Files.getAttribute(vm.resolve("job"), "unix:uid")).isEqualTo(owner);
        assertThat(Samples.text(base.resolve("director.conf"))).isEqualTo(list);
        assertThat(session.read(Samples.INSTANCE).vms()).hasSize(1);
    }

    /** What a resource of an operator's own still refers to is named by its name alone: its file is gone. */
    @Test
    void aRemovedVmIsNamedByWhatItsFilesWere() {
        String path = Samples.vmDirectory(base) + "/job";
        apply(Samples.remove(Samples.VM), Samples.create("web", "web", Samples.UUID_2));
        assertThat(named("Could not find config Resource \"backup-dc1-os1-rocky9-instance1\" referenced on line 7 of"
                        + " file /etc/bacula/verify.conf"))
                .containsExactly(Samples.VM);
        assertThat(named("FileSet \"fs-datacenter1-openstack1-rocky9-instance1\""))
                .containsExactly(Samples.VM);
        assertThat(named("Cannot open included file " + path + ": ERR=No such file"))
                .containsExactly(Samples.VM);
    }

    @Test
    void aVmThatWasPutBackCanBeCreatedAgainAndUndone() {
        Map<String, String> before = RunModel.vms(base);
        apply(Samples.create("web", "web", Samples.UUID_2));
        session.rollback(List.of(changed("web")));
        apply(Samples.create("web", "another web", Samples.UUID_1));
        session.publish(session.listing().whole());
        assertThat(Samples.text(base.resolve("director.conf"))).contains("/web/job");
        session.close();
        session = Samples.store(base).open(Access.WRITE);
        assertThat(RunModel.vms(base)).isEqualTo(before);
    }

    @Test
    void whatSomebodyHasEditedIsNotPutBackAndThatIsAnError() {
        apply(Samples.change(Samples.VM, vm -> vm.enabled(false)), Samples.create("web", "web", Samples.UUID_2));
        Path job = Samples.vmDirectory(base).resolve("job");
        String edited = Samples.text(job) + "# by hand\n";
        Samples.put(job, edited);
        assertThatThrownBy(() -> session.rollback(Samples.everything(session)))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("somebody has edited it in the meantime: 1 VM (datacenter1/openstack1/rocky9");
        assertThat(job).hasContent(edited);
        assertThat(RunModel.instance(base).resolve("web")).doesNotExist();
    }

    @Test
    void whatThisSessionHasNotChangedIsLeftAsItIs() {
        Map<String, String> before = Samples.tree(base);
        session.rollback(List.of(changed(Samples.VM), changed("nobody")));
        session.rollback(Samples.everything(session));
        assertThat(Samples.tree(base)).isEqualTo(before);
        assertThat(base.resolve(PendingMark.FILE_NAME)).doesNotExist();
    }

    @Test
    void whoOnlyReadsPutsNothingBack() {
        try (StoreSession reader = Samples.store(base).open(Access.READ)) {
            for (Runnable step : List.<Runnable>of(
                    reader::commit, () -> reader.loaded(), () -> reader.rollback(List.of(changed(Samples.VM))))) {
                assertThatThrownBy(step::run).isInstanceOf(IllegalStateException.class);
            }
        }
    }
}
