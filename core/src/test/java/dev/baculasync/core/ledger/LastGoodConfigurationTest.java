package dev.baculasync.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.Ledger.Entry;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.testkit.InMemoryStore;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastGoodConfigurationTest {
    private static final Instant FIRST = Instant.parse("2026-05-18T19:00:00Z");
    private static final Instant LATER = Instant.parse("2026-05-19T19:00:00.5Z");

    @Test
    void itIsOneEntryAndTheLatest() {
        try (StoreSession session = new InMemoryStore().open(Access.WRITE)) {
            Ledger ledger = session.ledger();
            assertThat(LastGoodConfiguration.in(ledger)).isEmpty();
            Entry other = new Entry("other", "x");
            ledger.update("check", entry -> false, List.of(other));
            LastGoodConfiguration.remember(ledger, FIRST);
            assertThat(LastGoodConfiguration.in(ledger)).contains(FIRST);
            LastGoodConfiguration.remember(ledger, LATER);
            assertThat(LastGoodConfiguration.in(ledger)).contains(LATER);
            assertThat(ledger.entries("check"))
                    .containsExactly(other, new Entry("accepted", "2026-05-19T19:00:00.500Z"));
        }
    }

    @Test
    void aTextThatIsNoMomentTellsNothing() {
        try (StoreSession session = new InMemoryStore().open(Access.WRITE)) {
            Ledger ledger = session.ledger();
            for (String text : List.of("", "yesterday", "2026-05-18 19:00:00")) {
                ledger.update("check", entry -> true, List.of(new Entry("accepted", text)));
                assertThat(LastGoodConfiguration.in(ledger)).isEmpty();
            }
        }
    }
}
