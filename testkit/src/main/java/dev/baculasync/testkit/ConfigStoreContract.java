package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link ConfigStore} must hold to. A test class implements it and gives a store that is empty. */
public interface ConfigStoreContract extends LedgerContract {
    /** An instance to write for. */
    OpenStackInstance SITE = Fleets.instance(1);

    /** A moment without fractions of a second, which a store need not keep. */
    Instant NOW = Instant.parse("2026-05-18T19:00:00Z");

    @Override
    ConfigStore emptyStore();

    @Test
    default void whatIsCreatedIsRead() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1)), create("db-1", "d\nb\"\\ ", uuid(2))));
        }
        try (StoreSession session = store.open(Access.READ)) {
            List<ManagedVm> vms = session.read(SITE).vms();
            assertThat(vms).extracting(ManagedVm::slug).containsExactlyInAnyOrder("web", "db-1");
            assertThat(find(vms, "db-1")).isEqualTo(vm("db-1", "d\nb\"\\ ", uuid(2)));
            assertThat(session.readAll().vms()).hasSize(2);
            assertThat(session.read(Fleets.instance(2)).vms()).isEmpty();
        }
    }

    @Test
    default void aChangeChangesOneVmToTheWholeOfItsRecord() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1)), create("db", "db", uuid(2))));
            ManagedVm other = find(session.read(SITE).vms(), "db");
            VmEdit disabled = change(
                    session,
                    "web",
                    vm -> vm.status(JobStatus.DISABLED)
                            .enabled(false)
                            .missingSince(Stamp.of(NOW))
                            .suspect(true)
                            .disabledByOperator(true)
                            .disabledAt(Stamp.of(NOW)));
            succeed(session, List.of(disabled));
            assertThat(find(session.read(SITE).vms(), "web")).isEqualTo(disabled.after());
            VmEdit back = change(
                    session,
                    "web",
                    vm -> vm.status(JobStatus.ACTIVE)
                            .enabled(true)
                            .suspect(false)
                            .disabledByOperator(false)
                            .disabledAt(null)
                            .reenabledAt(Stamp.of(NOW))
                            .displayName("shop")
                            .jobDefs("Other")
                            .client("new-fd")
                            .jobClient("new-fd")
                            .proxyServer("new-proxy")
                            .uuid(uuid(3))
                            .previousUuids(List.of(uuid(1)))
                            .backsUp(Set.of(uuid(3))));
            succeed(session, List.of(back));
            assertThat(find(session.read(SITE).vms(), "web")).isEqualTo(back.after());
            assertThat(find(session.read(SITE).vms(), "db")).isEqualTo(other);
        }
    }

    /** Whoever has changed it since has not been asked. */
    @Test
    default void anEditIsRefusedWhenWhatIsThereIsNotWhatItWasDecidedOn() {
        try (StoreSession session = emptyStore().open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1)), create("db", "db", uuid(2))));
            VmEdit rename = change(session, "web", vm -> vm.displayName("shop"));
            VmEdit nothing = change(session, "web", vm -> vm);
            VmEdit removal = remove(session, "web");
            succeed(session, List.of(nothing));
            succeed(session, List.of(change(session, "web", vm -> vm.jobDefs("Other"))));
            List<ManagedVm> now = session.read(SITE).vms();
            for (VmEdit late : List.of(rename, nothing, removal)) {
                VmEdit good = change(session, "db", vm -> vm);
                List<EditResult> results = session.apply(List.of(late, good));
                assertThat(results.get(0).error()).as("%s", late).isNotNull();
                assertThat(results.get(1).error()).isNull();
                assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(now);
            }
        }
    }

    @Test
    default void anEditThatCannotBeDoneSaysSoAndDoesNotStopTheOthers() {
        try (StoreSession session = emptyStore().open(Access.WRITE)) {
            List<EditResult> results = session.apply(List.of(
                    VmEdit.change(vm("nobody", "nobody", uuid(2)), vm("nobody", "other", uuid(2))),
                    create("web", "web", uuid(1))));
            assertThat(results).hasSize(2);
            assertThat(results.get(0).error()).isNotNull();
            assertThat(results.get(1).error()).isNull();
            assertThat(session.read(SITE).vms()).hasSize(1);
        }
    }

    @Test
    default void whatIsThereIsNeverCreatedAgain() {
        try (StoreSession session = emptyStore().open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            ManagedVm before = find(session.read(SITE).vms(), "web");
            List<EditResult> results = session.apply(List.of(create("web", "web", uuid(2))));
            assertThat(results.get(0).error()).isNotNull();
            assertThat(find(session.read(SITE).vms(), "web")).isEqualTo(before);
        }
    }

    @Test
    default void whatIsRemovedIsGoneAndNothingElseIs() {
        ConfigStore store = emptyStore();
        ManagedVm other;
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1)), create("db", "db", uuid(2))));
            other = find(session.read(SITE).vms(), "db");
            session.publish(session.listing().whole());
            session.commit();
            session.loaded();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            session.readAll();
            succeed(session, List.of(remove(session, "web")));
            assertThat(session.read(SITE).vms()).containsExactly(other);
            assertThat(session.publish(session.listing().whole()))
                    .as("the Director has to be told")
                    .isTrue();
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isEmpty();
            assertThat(session.readAll().vms()).containsExactly(other);
            assertThat(session.readAll().problems()).isEmpty();
            succeed(session, List.of(create("web", "web", uuid(3))));
        }
    }

    @Test
    default void whatIsNotThereCannotBeRemoved() {
        try (StoreSession session = emptyStore().open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            VmEdit removal = remove(session, "web");
            List<EditResult> results = session.apply(List.of(VmEdit.remove(vm("nobody", "nobody", uuid(2))), removal));
            assertThat(results.get(0).error()).isNotNull();
            assertThat(results.get(1).error()).isNull();
            assertThat(session.apply(List.of(removal)))
                    .singleElement()
                    .satisfies(result -> assertThat(result.error()).isNotNull());
        }
    }

    @Test
    default void aRemovalCreationAndChangeInOneCallArePutBackEachForItself() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1)), create("db", "db", uuid(2))));
            session.publish(session.listing().whole());
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            List<ManagedVm> before = session.read(SITE).vms();
            succeed(
                    session,
                    List.of(
                            remove(session, "web"),
                            create("app", "app", uuid(3)),
                            change(session, "db", vm -> vm.enabled(false))));
            session.publish(session.listing().whole());
            assertThat(session.read(SITE).vms()).extracting(ManagedVm::slug).containsExactlyInAnyOrder("db", "app");
            session.rollback(keys("web"));
            assertThat(find(session.read(SITE).vms(), "web")).isEqualTo(find(before, "web"));
            assertThat(find(session.read(SITE).vms(), "db").enabled()).isFalse();
            session.rollback(keys("web", "db", "app", "old"));
            session.publish(session.listing().whole());
            session.commit();
            assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(before);
        }
    }

    @Test
    default void aRemovalThatWasNotSettledIsPutBackByTheNextSession() {
        ConfigStore store = emptyStore();
        ManagedVm before;
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            before = find(session.read(SITE).vms(), "web");
            session.publish(session.listing().whole());
            session.commit();
            succeed(session, List.of(remove(session, "web")));
            session.publish(session.listing().whole());
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.read(SITE).vms()).containsExactly(before);
            assertThat(session.notes()).isNotEmpty();
            assertThat(rolledBack(session)).containsExactly("web");
            succeed(session, List.of(remove(session, "web")));
            session.publish(session.listing().whole());
            session.commit();
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(session.readAll().vms()).isEmpty();
        }
    }

    @Test
    default void anInstanceIsRemovedOnceNoVmOfItIsLeft() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.removeInstance(SITE)).as("there is nothing").isTrue();
            succeed(session, List.of(create("web", "web", uuid(1))));
            assertThatThrownBy(() -> session.removeInstance(SITE))
                    .as("not settled")
                    .isInstanceOf(ProviderException.class);
            session.publish(session.listing().whole());
            session.commit();
            assertThat(session.removeInstance(SITE)).as("there is a VM").isFalse();
            assertThat(session.read(SITE).vms()).hasSize(1);
            succeed(session, List.of(remove(session, "web")));
            session.publish(session.listing().whole());
            session.commit();
            assertThat(session.removeInstance(SITE)).isTrue();
            assertThat(session.removeInstance(SITE)).as("again").isTrue();
            succeed(session, List.of(create("web", "web", uuid(2))));
            session.publish(session.listing().whole());
            session.commit();
            assertThat(session.read(SITE).vms()).hasSize(1);
        }
    }

    @Test
    default void oneWritingSessionAtATime() {
        ConfigStore store = emptyStore();
        try (StoreSession first = store.open(Access.WRITE)) {
            assertThatThrownBy(() -> store.open(Access.WRITE).close())
                    .isInstanceOfSatisfying(
                            ProviderException.class,
                            e -> assertThat(e.code()).isEqualTo(ProviderException.Code.LOCKED));
            try (StoreSession reading = store.open(Access.READ)) {
                assertThat(reading.read(SITE).vms()).isEmpty();
            }
            assertThat(first.read(SITE).vms()).isEmpty();
        }
        try (StoreSession second = store.open(Access.WRITE)) {
            succeed(second, List.of(create("web", "web", uuid(1))));
        }
    }

    @Test
    default void aReadingSessionChangesNothing() {
        try (StoreSession session = emptyStore().open(Access.READ)) {
            assertThatThrownBy(() -> session.apply(List.of(create("web", "web", uuid(1)))))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.removeInstance(SITE)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    default void publishTellsWhetherThereIsAnythingTheDirectorHasNotLoaded() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            assertThat(session.publish(session.listing().whole())).isTrue();
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.publish(session.listing().whole()))
                    .as("the Director was not told yet")
                    .isTrue();
            session.commit();
            session.loaded();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            session.read(SITE);
            assertThat(session.publish(session.listing().whole())).isFalse();
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(change(session, "web", vm -> vm.enabled(false))));
            assertThat(session.publish(session.listing().whole())).isTrue();
        }
    }

    /** Headers are comments to a Director, and a reload is not free. */
    @Test
    default void aChangeOfHeadersAloneLeavesNothingToLoad() {
        ConfigStore store = emptyStore();
        loaded(store, create("web", "web", uuid(1)));
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(headersOf(session, "web")));
            assertThat(session.publish(session.listing().whole())).isFalse();
            session.commit();
        }
        ManagedVm settled;
        try (StoreSession session = store.open(Access.WRITE)) {
            settled = find(session.read(SITE).vms(), "web");
            assertThat(settled.displayName()).isEqualTo("shop");
            assertThat(settled.suspect()).isTrue();
            assertThat(settled.missingSince()).isEqualTo(Stamp.of(NOW));
            assertThat(session.publish(session.listing().whole()))
                    .as("nor to the next session")
                    .isFalse();
            succeed(session, List.of(change(session, "web", vm -> vm.missingSince(null))));
            session.rollback(keys("web", "db", "app", "old"));
            assertThat(session.publish(session.listing().whole()))
                    .as("nor when it is put back")
                    .isFalse();
            assertThat(session.read(SITE).vms()).containsExactly(settled);
            succeed(session, List.of(change(session, "web", vm -> vm.missingSince(null))));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isNotEmpty();
            assertThat(session.read(SITE).vms()).containsExactly(settled);
            assertThat(session.publish(session.listing().whole()))
                    .as("nor when the session died")
                    .isFalse();
            assertThat(rolledBack(session)).isEmpty();
            session.commit();
        }
    }

    @Test
    default void aChangeOfHeadersAloneBesideAnotherIsToBeLoadedWithIt() {
        ConfigStore store = emptyStore();
        loaded(store, create("web", "web", uuid(1)), create("db", "db", uuid(2)));
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(headersOf(session, "web"), change(session, "db", vm -> vm.enabled(false))));
            assertThat(session.publish(session.listing().whole())).isTrue();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.publish(session.listing().whole()))
                    .as("what was put back")
                    .isTrue();
            assertThat(rolledBack(session)).containsExactly("db");
        }
    }

    @Test
    default void whatAnEarlierSessionLeftIsStillToBeLoadedAfterAChangeOfHeadersAlone() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
            session.commit();
        }
        for (int run = 1; run <= 2; run++) {
            try (StoreSession session = store.open(Access.WRITE)) {
                String name = "shop " + run;
                succeed(session, List.of(change(session, "web", vm -> vm.displayName(name))));
                assertThat(session.publish(session.listing().whole()))
                        .as("run %d", run)
                        .isTrue();
                session.commit();
            }
        }
    }

    /** A Director has loaded these, and nothing is left to tell it. */
    private static void loaded(ConfigStore store, VmEdit... edits) {
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(edits));
            session.publish(session.listing().whole());
            session.commit();
            session.loaded();
        }
    }

    private static VmEdit headersOf(StoreSession session, String slug) {
        return change(
                session,
                slug,
                vm -> vm.displayName("shop")
                        .missingSince(Stamp.of(NOW))
                        .suspect(true)
                        .reenabledAt(Stamp.of(NOW)));
    }

    @Test
    default void whatWasPutBackCanBeAppliedAgain() {
        ConfigStore store = emptyStore();
        loaded(store, create("web", "web", uuid(1)), create("old", "old", uuid(2)));
        List<VmEdit> edits;
        List<ManagedVm> before;
        List<ManagedVm> after;
        try (StoreSession session = store.open(Access.WRITE)) {
            edits = List.of(
                    create("db", "db", uuid(3)),
                    change(session, "web", vm -> vm.enabled(false).uuid(uuid(4)).backsUp(Set.of(uuid(4)))),
                    remove(session, "old"));
            before = session.read(SITE).vms();
            succeed(session, edits);
            session.publish(session.listing().whole());
            after = session.read(SITE).vms();
            session.rollback(keys("web", "db", "app", "old"));
            session.publish(session.listing().whole());
            assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(before);
            succeed(session, edits);
            session.publish(session.listing().whole());
            assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(after);
            for (String slug : List.of("db", "web", "old")) {
                session.rollback(keys(slug));
                session.publish(session.listing().whole());
            }
            assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(before);
            succeed(session, edits);
            session.publish(session.listing().whole());
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.read(SITE).vms()).as("it died").containsExactlyInAnyOrderElementsOf(before);
            succeed(session, edits.subList(0, 1));
            session.publish(session.listing().whole());
            session.commit();
            succeed(session, edits.subList(1, 3));
            session.publish(session.listing().whole());
            session.rollback(keys("web", "db", "app", "old"));
            assertThat(session.read(SITE).vms())
                    .as("what was settled stays")
                    .extracting(ManagedVm::slug)
                    .containsExactlyInAnyOrder("web", "old", "db");
            succeed(session, edits.subList(1, 3));
            assertThat(session.publish(session.listing().whole())).isTrue();
            session.commit();
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(after);
        }
    }

    @Test
    default void whatIsPutBackIsAsItWas() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            ManagedVm before = find(session.read(SITE).vms(), "web");
            succeed(
                    session,
                    List.of(
                            change(
                                    session,
                                    "web",
                                    vm -> vm.enabled(false).uuid(uuid(9)).backsUp(Set.of(uuid(9)))),
                            create("db", "db", uuid(2)),
                            create("app", "app", uuid(3))));
            session.publish(session.listing().whole());
            List<VmKey> named = session.namedIn(
                    "Config error: line 9 of file /etc/datacenter1/openstack1/db/job\n",
                    session.listing().whole());
            assertThat(named).extracting(VmKey::slug).allMatch("db"::equals);
            session.rollback(keys("db"));
            assertThat(session.read(SITE).vms()).extracting(ManagedVm::slug).containsExactlyInAnyOrder("web", "app");
            session.rollback(keys("web", "db", "app", "old"));
            session.publish(session.listing().whole());
            session.commit();
            assertThat(session.read(SITE).vms()).containsExactly(before);
        }
    }

    @Test
    default void whatWasNotSettledIsPutBackByTheNextSession() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
            session.commit();
            assertThat(session.notes()).isEmpty();
        }
        ManagedVm before;
        try (StoreSession session = store.open(Access.WRITE)) {
            before = find(session.read(SITE).vms(), "web");
            succeed(session, List.of(change(session, "web", vm -> vm.enabled(false)), create("db", "db", uuid(2))));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.read(SITE).vms()).containsExactly(before);
            assertThat(session.notes()).isNotEmpty();
            assertThat(rolledBack(session)).containsExactlyInAnyOrder("web", "db");
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isEmpty();
        }
    }

    /** A Director that was restarted in between has them, and nobody else knows. */
    @Test
    default void whatWasRolledBackStandsInTheLedgerUntilSomebodyForgetsIt() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("db", "db", uuid(2))));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(rolledBack(session)).as("after two that died").containsExactlyInAnyOrder("web", "db");
            session.commit();
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(rolledBack(session)).as("in a dry run").containsExactlyInAnyOrder("web", "db");
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1)), create("db", "db", uuid(2))));
            session.publish(session.listing().whole());
            session.commit();
            session.loaded();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(change(session, "web", vm -> vm.enabled(false))));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(rolledBack(session)).as("each once").containsExactlyInAnyOrder("web", "db");
            session.ledger().update(Ledger.ROLLED_BACK, entry -> true, List.of());
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(rolledBack(session)).isEmpty();
            assertThat(session.publish(session.listing().whole()))
                    .as("what was rolled back is to be loaded all the same")
                    .isTrue();
        }
    }

    @Test
    default void theListCanBePublishedAsItWasWhenTheSessionWasOpened() {
        ConfigStore store = emptyStore();
        loaded(store, create("web", "web", uuid(1)));
        try (StoreSession session = store.open(Access.WRITE)) {
            Set<VmKey> listed = session.listing().listed();
            assertThat(listed).containsExactlyElementsOf(keys("web"));
            succeed(session, List.of(create("db", "db", uuid(2))));
            session.publish(session.listing().whole());
            assertThat(session.listing().listed())
                    .as("what it was when the session was opened")
                    .isEqualTo(listed);
            session.publish(listed);
            session.commit();
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(session.listing().listed()).containsExactlyElementsOf(keys("web"));
        }
    }

    private static List<String> rolledBack(StoreSession session) {
        return session.ledger().entries(Ledger.ROLLED_BACK).stream()
                .map(entry -> VmKey.parse(entry.subject()).orElseThrow().slug())
                .toList();
    }

    private static List<VmKey> keys(String... slugs) {
        return Stream.of(slugs).map(slug -> VmKey.of(SITE, slug)).toList();
    }

    private static VmEdit create(String slug, String displayName, UUID uuid) {
        return VmEdit.create(vm(slug, displayName, uuid));
    }

    private static ManagedVm vm(String slug, String displayName, UUID uuid) {
        return Fleets.vm(SITE, slug, uuid)
                .displayName(displayName)
                .createdAt(Stamp.of(NOW))
                .build();
    }

    private static VmEdit change(StoreSession session, String slug, UnaryOperator<ManagedVm.Builder> change) {
        ManagedVm before = find(session.read(SITE).vms(), slug);
        return VmEdit.change(before, change.apply(before.toBuilder()).build());
    }

    private static VmEdit remove(StoreSession session, String slug) {
        return VmEdit.remove(find(session.read(SITE).vms(), slug));
    }

    private static void succeed(StoreSession session, List<VmEdit> edits) {
        assertThat(session.apply(edits))
                .allSatisfy(result -> assertThat(result.error()).isNull());
    }

    private static ManagedVm find(List<ManagedVm> vms, String slug) {
        return vms.stream()
                .filter(vm -> vm.slug().equals(slug))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + slug));
    }

    private static UUID uuid(int number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L + number);
    }
}
