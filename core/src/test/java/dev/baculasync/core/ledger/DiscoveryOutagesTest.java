package dev.baculasync.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.core.ledger.DiscoveryOutages.Outage;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryStore;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DiscoveryOutagesTest {
    private static final OpenStackInstance ONE = Fleets.instance(1);
    private static final OpenStackInstance TWO = Fleets.instance(2);
    private static final Instant NOW = Instant.parse("2026-05-18T19:00:00Z");

    private final InMemoryStore store = new InMemoryStore();
    private final Ledger ledger = store.open(Access.WRITE).ledger();
    private final DiscoveryOutages outages = new DiscoveryOutages(ledger);

    private static Instant after(int minutes) {
        return NOW.plusSeconds(60L * minutes);
    }

    @Test
    void anOutageLastsFromTheFirstRunThatFailsToTheFirstThatWorks() {
        outages.note(ONE, false, NOW, NOW);
        outages.note(ONE, false, after(1), NOW);
        assertThat(outages.of(ONE)).containsExactly(new Outage(NOW, null));
        outages.note(ONE, true, after(2), NOW);
        outages.note(ONE, true, after(3), NOW);
        assertThat(outages.of(ONE)).containsExactly(new Outage(NOW, after(2)));
        outages.note(ONE, false, after(4), NOW);
        assertThat(outages.of(ONE)).containsExactly(new Outage(NOW, after(2)), new Outage(after(4), null));
        assertThat(new DiscoveryOutages(store.open(Access.READ).ledger()).of(ONE))
                .hasSize(2);
    }

    @Test
    void whatNoAbsenceGoesBackToIsForgotten() {
        outages.note(ONE, false, NOW, null);
        assertThat(outages.of(ONE)).as("nobody is absent").isEmpty();
        outages.note(ONE, false, NOW, NOW);
        outages.note(ONE, true, after(1), NOW);
        outages.note(ONE, false, after(3), after(2));
        assertThat(outages.of(ONE)).containsExactly(new Outage(after(3), null));
        outages.note(ONE, true, after(4), null);
        assertThat(outages.of(ONE)).isEmpty();
    }

    @Test
    void instancesHaveNothingToDoWithEachOther() {
        outages.note(ONE, false, NOW, NOW);
        outages.note(TWO, false, after(1), NOW);
        outages.note(ONE, true, after(2), NOW);
        assertThat(outages.of(ONE)).containsExactly(new Outage(NOW, after(2)));
        assertThat(outages.of(TWO)).containsExactly(new Outage(after(1), null));
        outages.forget(ONE);
        assertThat(outages.of(ONE)).isEmpty();
        assertThat(outages.of(TWO)).hasSize(1);
    }

    @Test
    void whatWorksAndIsRememberedNowhereIsNotWrittenDown() {
        Ledger silent = new Ledger() {
            @Override
            public List<Entry> entries(String kind) {
                return List.of();
            }

            @Override
            public void update(String kind, Predicate<Entry> removed, List<Entry> added) {
                throw new AssertionError("nothing is to be written");
            }
        };
        new DiscoveryOutages(silent).note(ONE, true, NOW, NOW);
    }

    @Test
    void whatIsNoOutageIsNotBelieved() {
        for (String text : List.of("", "yesterday -", NOW + "", NOW + " soon", NOW + " - -")) {
            ledger.update(DiscoveryOutages.KIND, entry -> true, List.of(new Ledger.Entry(ONE.toString(), text)));
            assertThatThrownBy(() -> outages.of(ONE)).isInstanceOf(ProviderException.class);
            assertThat(outages.of(TWO))
                    .as("damage to one entry is that instance's")
                    .isEmpty();
        }
    }
}
