package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.BlindSpan;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.ConfigEdit.Change;
import dev.baculasync.spi.ConfigEdit.Remove;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.FileNames;
import dev.baculasync.spi.FileSetSpec;
import dev.baculasync.spi.IdRanges;
import dev.baculasync.spi.JobSpec;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StampEdit;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
            ManagedVm hostile = find(vms, "db-1");
            assertThat(hostile.displayName()).isEqualTo("d\nb\"\\ ");
            assertThat(hostile.uuid()).isEqualTo(uuid(2));
            assertThat(hostile.job()).isEqualTo("backup-dc1-os1-db-1");
            assertThat(hostile.status()).isEqualTo(JobStatus.ACTIVE);
            assertThat(hostile.enabled()).isTrue();
            assertThat(hostile.jobDefs()).isEqualTo("DefaultJob");
            assertThat(hostile.fileSetPresent()).isTrue();
            assertThat(hostile.fileSet()).isEqualTo("fs-datacenter1-openstack1-db-1");
            assertThat(hostile.fileSetFollows()).isTrue();
            assertThat(hostile.missingSince()).isNull();
            assertThat(hostile.datacenter()).isEqualTo(SITE.datacenter());
            assertThat(hostile.openstack()).isEqualTo(SITE.openstack());
            assertThat(hostile.client()).isEqualTo(SITE.client());
            assertThat(session.readAll().vms()).hasSize(2);
            assertThat(session.read(Fleets.instance(2)).vms()).isEmpty();
        }
    }

    @Test
    default void aChangeChangesWhatItNamesAndNothingElse() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1)), create("db", "db", uuid(2))));
            ManagedVm other = find(session.read(SITE).vms(), "db");
            succeed(
                    session,
                    List.of(Change.of("web")
                            .withStatus(JobStatus.DISABLED)
                            .withEnabled(false)
                            .withMissingSince(StampEdit.to(NOW))
                            .withDisabledAt(StampEdit.to(NOW))));
            ManagedVm changed = find(session.read(SITE).vms(), "web");
            assertThat(changed.status()).isEqualTo(JobStatus.DISABLED);
            assertThat(changed.enabled()).isFalse();
            assertThat(moment(changed.missingSince())).isEqualTo(NOW);
            assertThat(moment(changed.disabledAt())).isEqualTo(NOW);
            assertThat(changed.uuid()).isEqualTo(uuid(1));
            assertThat(find(session.read(SITE).vms(), "db")).isEqualTo(other);
            succeed(
                    session,
                    List.of(Change.of("web")
                            .withStatus(JobStatus.ACTIVE)
                            .withEnabled(true)
                            .withDisabledAt(StampEdit.CLEAR)
                            .withReenabledAt(StampEdit.to(NOW))
                            .withDisplayName("shop")
                            .withJobDefs("Other")
                            .withUuid(uuid(3))));
            ManagedVm back = find(session.read(SITE).vms(), "web");
            assertThat(back.status()).isEqualTo(JobStatus.ACTIVE);
            assertThat(back.enabled()).isTrue();
            assertThat(back.disabledAt()).isNull();
            assertThat(moment(back.missingSince())).isEqualTo(NOW);
            assertThat(moment(back.reenabledAt())).isEqualTo(NOW);
            assertThat(back.displayName()).isEqualTo("shop");
            assertThat(back.jobDefs()).isEqualTo("Other");
            assertThat(back.uuid()).isEqualTo(uuid(3));
            assertThat(back.previousUuids()).containsExactly(uuid(1));
        }
    }

    @Test
    default void anEditThatCannotBeDoneSaysSoAndDoesNotStopTheOthers() {
        try (StoreSession session = emptyStore().open(Access.WRITE)) {
            List<EditResult> results =
                    session.apply(SITE, List.of(Change.of("nobody").withEnabled(false), create("web", "web", uuid(1))));
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
            List<EditResult> results = session.apply(SITE, List.of(create("web", "web", uuid(2))));
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
            session.settle();
            session.loaded(List.of(SITE));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            session.readAll();
            succeed(session, List.of(new Remove("web")));
            assertThat(session.read(SITE).vms()).containsExactly(other);
            assertThat(session.publish(session.listing().whole()))
                    .as("the Director has to be told")
                    .isTrue();
            session.settle();
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
            List<EditResult> results = session.apply(SITE, List.of(new Remove("nobody"), new Remove("web")));
            assertThat(results.get(0).error()).isNotNull();
            assertThat(results.get(1).error()).isNull();
            assertThat(session.apply(SITE, List.of(new Remove("web"))))
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
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            List<ManagedVm> before = session.read(SITE).vms();
            succeed(
                    session,
                    List.of(
                            new Remove("web"),
                            create("app", "app", uuid(3)),
                            Change.of("db").withEnabled(false)));
            session.publish(session.listing().whole());
            assertThat(session.read(SITE).vms()).extracting(ManagedVm::slug).containsExactlyInAnyOrder("db", "app");
            session.putBack(new VmKey(SITE.datacenter(), SITE.openstack(), "web"));
            assertThat(find(session.read(SITE).vms(), "web")).isEqualTo(find(before, "web"));
            assertThat(find(session.read(SITE).vms(), "db").enabled()).isFalse();
            session.putBackAll();
            session.publish(session.listing().whole());
            session.settle();
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
            session.settle();
            succeed(session, List.of(new Remove("web")));
            session.publish(session.listing().whole());
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.read(SITE).vms()).containsExactly(before);
            assertThat(session.notes()).isNotEmpty();
            assertThat(putBack(session)).containsExactly("web");
            succeed(session, List.of(new Remove("web")));
            session.publish(session.listing().whole());
            session.settle();
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
            session.noteDiscovery(SITE, false, NOW, NOW);
            session.publish(session.listing().whole());
            session.settle();
            assertThat(session.removeInstance(SITE)).as("there is a VM").isFalse();
            assertThat(session.read(SITE).vms()).hasSize(1);
            assertThat(session.read(SITE).blind()).hasSize(1);
            succeed(session, List.of(new Remove("web")));
            session.publish(session.listing().whole());
            session.settle();
            assertThat(session.removeInstance(SITE)).isTrue();
            assertThat(session.removeInstance(SITE)).as("again").isTrue();
            assertThat(session.read(SITE).blind()).isEmpty();
            succeed(session, List.of(create("web", "web", uuid(2))));
            session.publish(session.listing().whole());
            session.settle();
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
            assertThatThrownBy(() -> session.apply(SITE, List.of(create("web", "web", uuid(1)))))
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
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.publish(session.listing().whole()))
                    .as("the Director was not told yet")
                    .isTrue();
            session.settle();
            session.loaded(List.of(SITE));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            session.read(SITE);
            assertThat(session.publish(session.listing().whole())).isFalse();
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(Change.of("web").withEnabled(false)));
            assertThat(session.publish(session.listing().whole())).isTrue();
        }
    }

    /** Headers are comments to a Director, and a reload is not free. */
    @Test
    default void aChangeOfHeadersAloneLeavesNothingToLoad() {
        ConfigStore store = emptyStore();
        loaded(store, create("web", "web", uuid(1)));
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(headersOf("web")));
            assertThat(session.publish(session.listing().whole())).isFalse();
            session.settle();
        }
        ManagedVm settled;
        try (StoreSession session = store.open(Access.WRITE)) {
            settled = find(session.read(SITE).vms(), "web");
            assertThat(settled.displayName()).isEqualTo("shop");
            assertThat(settled.suspect()).isTrue();
            assertThat(moment(settled.missingSince())).isEqualTo(NOW);
            assertThat(session.publish(session.listing().whole()))
                    .as("nor to the next session")
                    .isFalse();
            succeed(session, List.of(Change.of("web").withMissingSince(StampEdit.CLEAR)));
            session.putBackAll();
            assertThat(session.publish(session.listing().whole()))
                    .as("nor when it is put back")
                    .isFalse();
            assertThat(session.read(SITE).vms()).containsExactly(settled);
            succeed(session, List.of(Change.of("web").withMissingSince(StampEdit.CLEAR)));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isNotEmpty();
            assertThat(session.read(SITE).vms()).containsExactly(settled);
            assertThat(session.publish(session.listing().whole()))
                    .as("nor when the session died")
                    .isFalse();
            assertThat(putBack(session)).isEmpty();
            session.settle();
        }
    }

    @Test
    default void aChangeOfHeadersAloneBesideAnotherIsToBeLoadedWithIt() {
        ConfigStore store = emptyStore();
        loaded(store, create("web", "web", uuid(1)), create("db", "db", uuid(2)));
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(headersOf("web"), Change.of("db").withEnabled(false)));
            assertThat(session.publish(session.listing().whole())).isTrue();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.publish(session.listing().whole()))
                    .as("what was put back")
                    .isTrue();
            assertThat(putBack(session)).containsExactly("db");
        }
    }

    @Test
    default void whatAnEarlierSessionLeftIsStillToBeLoadedAfterAChangeOfHeadersAlone() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
            session.settle();
        }
        for (int run = 1; run <= 2; run++) {
            try (StoreSession session = store.open(Access.WRITE)) {
                succeed(session, List.of(Change.of("web").withDisplayName("shop " + run)));
                assertThat(session.publish(session.listing().whole()))
                        .as("run %d", run)
                        .isTrue();
                session.settle();
            }
        }
    }

    /** A Director has loaded these, and nothing is left to tell it. */
    private static void loaded(ConfigStore store, ConfigEdit... edits) {
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(edits));
            session.publish(session.listing().whole());
            session.settle();
            session.loaded(List.of(SITE));
        }
    }

    private static Change headersOf(String slug) {
        return Change.of(slug)
                .withDisplayName("shop")
                .withMissingSince(StampEdit.to(NOW))
                .withSuspect(true)
                .withReenabledAt(StampEdit.to(NOW));
    }

    @Test
    default void whatWasPutBackCanBeAppliedAgain() {
        ConfigStore store = emptyStore();
        loaded(store, create("web", "web", uuid(1)), create("old", "old", uuid(2)));
        List<ConfigEdit> edits = List.of(
                create("db", "db", uuid(3)), Change.of("web").withEnabled(false).withUuid(uuid(4)), new Remove("old"));
        List<ManagedVm> before;
        List<ManagedVm> after;
        try (StoreSession session = store.open(Access.WRITE)) {
            before = session.read(SITE).vms();
            succeed(session, edits);
            session.publish(session.listing().whole());
            after = session.read(SITE).vms();
            session.putBackAll();
            session.publish(session.listing().whole());
            assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(before);
            succeed(session, edits);
            session.publish(session.listing().whole());
            assertThat(session.read(SITE).vms()).containsExactlyInAnyOrderElementsOf(after);
            for (String slug : List.of("db", "web", "old")) {
                session.putBack(new VmKey(SITE.datacenter(), SITE.openstack(), slug));
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
            session.settle();
            succeed(session, edits.subList(1, 3));
            session.publish(session.listing().whole());
            session.putBackAll();
            assertThat(session.read(SITE).vms())
                    .as("what was settled stays")
                    .extracting(ManagedVm::slug)
                    .containsExactlyInAnyOrder("web", "old", "db");
            succeed(session, edits.subList(1, 3));
            assertThat(session.publish(session.listing().whole())).isTrue();
            session.settle();
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
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            ManagedVm before = find(session.read(SITE).vms(), "web");
            succeed(
                    session,
                    List.of(
                            Change.of("web").withEnabled(false).withUuid(uuid(9)),
                            create("db", "db", uuid(2)),
                            create("app", "app", uuid(3))));
            session.publish(session.listing().whole());
            List<VmKey> named = session.namedIn(
                    "Config error: line 9 of file /etc/datacenter1/openstack1/db/job\n",
                    session.listing().whole());
            assertThat(named).extracting(VmKey::slug).allMatch("db"::equals);
            session.putBack(new VmKey(SITE.datacenter(), SITE.openstack(), "db"));
            assertThat(session.read(SITE).vms()).extracting(ManagedVm::slug).containsExactlyInAnyOrder("web", "app");
            session.putBackAll();
            session.publish(session.listing().whole());
            session.settle();
            assertThat(session.read(SITE).vms()).containsExactly(before);
        }
    }

    @Test
    default void whatWasNotSettledIsPutBackByTheNextSession() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
            session.settle();
            assertThat(session.notes()).isEmpty();
        }
        ManagedVm before;
        try (StoreSession session = store.open(Access.WRITE)) {
            before = find(session.read(SITE).vms(), "web");
            succeed(session, List.of(Change.of("web").withEnabled(false), create("db", "db", uuid(2))));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.read(SITE).vms()).containsExactly(before);
            assertThat(session.notes()).isNotEmpty();
            assertThat(session.putBackOnOpening()).extracting(VmKey::slug).containsExactlyInAnyOrder("web", "db");
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isEmpty();
        }
    }

    /** A Director that was restarted in between has them until it loads what there is. */
    @Test
    default void whatWasPutBackIsRememberedUntilTheDirectorHasLoadedWhatThereIs() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("db", "db", uuid(2))));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(putBack(session)).as("after two that died").containsExactlyInAnyOrder("web", "db");
            session.settle();
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(putBack(session)).as("in a dry run").containsExactlyInAnyOrder("web", "db");
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(putBack(session)).as("after one that did nothing").containsExactlyInAnyOrder("web", "db");
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.publish(session.listing().whole());
            session.settle();
            session.loaded(List.of(Fleets.instance(2)));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.publish(session.listing().whole()))
                    .as("still to be told")
                    .isFalse();
            assertThat(putBack(session)).as("its instance was not handled").containsExactlyInAnyOrder("web", "db");
            succeed(session, List.of(create("db", "db", uuid(2))));
            assertThat(session.publish(session.listing().whole())).isTrue();
            session.settle();
            session.loaded(List.of(SITE));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.publish(session.listing().whole())).isFalse();
            assertThat(putBack(session)).isEmpty();
        }
    }

    @Test
    default void namesAreRememberedUntilTheyAreForgotten() {
        ConfigStore store = emptyStore();
        FileNames first = new FileNames("one/1", IdRanges.of(1, 2, 3, 7), IdRanges.NONE);
        FileNames second = new FileNames("one/1", IdRanges.of(5, 4), IdRanges.of(9));
        FileNames other = new FileNames("two/1", IdRanges.of(1), IdRanges.NONE);
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.rememberedNames()).isEmpty();
            session.rememberNames(first);
            session.rememberNames(second);
            session.rememberNames(other);
            session.told();
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(session.rememberedNames()).containsExactlyInAnyOrder(first.and(second), other);
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            session.forgetNames("one/1");
            assertThat(session.rememberedNames()).containsExactly(other);
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.rememberedNames()).containsExactly(other);
            session.rememberNames(second);
            assertThat(session.rememberedNames()).containsExactlyInAnyOrder(second, other);
        }
    }

    @Test
    default void whatIsLeftToAPersonIsToldUntilAReportHasToldIt() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            session.remind(List.of("remove volume Vol-0001", "remove volume Vol-0002"));
            session.remind(List.of("remove volume Vol-0003"));
        }
        for (int run = 1; run <= 2; run++) {
            try (StoreSession session = store.open(Access.WRITE)) {
                assertThat(session.notes())
                        .as("run %d", run)
                        .anyMatch(note -> note.contains("Vol-0001"))
                        .anyMatch(note -> note.contains("Vol-0002"))
                        .anyMatch(note -> note.contains("Vol-0003"));
            }
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            session.remind(List.of("remove volume Vol-0004"));
            session.told();
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isEmpty();
        }
    }

    private static List<String> putBack(StoreSession session) {
        return session.putBackOnOpening().stream().map(VmKey::slug).toList();
    }

    @Test
    default void whenDiscoveryDidNotWorkIsRemembered() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            succeed(session, List.of(create("web", "web", uuid(1))));
            session.noteDiscovery(SITE, false, NOW, null);
            assertThat(session.read(SITE).blind()).as("nobody is absent").isEmpty();
            session.noteDiscovery(SITE, false, NOW, NOW);
            session.noteDiscovery(SITE, false, NOW.plusSeconds(60), NOW);
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.read(SITE).blind()).containsExactly(new BlindSpan(NOW, null));
            session.noteDiscovery(SITE, true, NOW.plusSeconds(120), NOW);
            session.noteDiscovery(SITE, false, NOW.plusSeconds(180), NOW);
            session.settle();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.read(SITE).blind())
                    .containsExactly(
                            new BlindSpan(NOW, NOW.plusSeconds(120)), new BlindSpan(NOW.plusSeconds(180), null));
            session.noteDiscovery(SITE, true, NOW.plusSeconds(240), NOW.plusSeconds(150));
            assertThat(session.read(SITE).blind())
                    .containsExactly(new BlindSpan(NOW.plusSeconds(180), NOW.plusSeconds(240)));
            session.noteDiscovery(SITE, true, NOW.plusSeconds(300), null);
            assertThat(session.read(SITE).blind()).isEmpty();
            session.settle();
        }
    }

    private static ConfigEdit create(String slug, String displayName, UUID uuid) {
        String fileSet = SITE.fileSetPrefix() + slug;
        JobSpec job = new JobSpec(
                SITE.jobPrefix() + slug,
                "DefaultJob",
                SITE.client(),
                fileSet,
                "File1",
                "Default",
                "WeeklyCycle",
                "Standard");
        return new ConfigEdit.Create(
                slug, displayName, uuid, job, new FileSetSpec(fileSet, SITE.proxyServer(), uuid, "sha256"), NOW);
    }

    private static void succeed(StoreSession session, List<ConfigEdit> edits) {
        assertThat(session.apply(SITE, edits))
                .allSatisfy(result -> assertThat(result.error()).isNull());
    }

    private static ManagedVm find(List<ManagedVm> vms, String slug) {
        return vms.stream()
                .filter(vm -> vm.slug().equals(slug))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + slug));
    }

    private static Instant moment(@Nullable Stamp stamp) {
        assertThat(stamp).isNotNull();
        Instant at = stamp == null ? null : stamp.at();
        if (at == null) {
            throw new AssertionError("there is no readable timestamp");
        }
        return at;
    }

    private static UUID uuid(int number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L + number);
    }
}
