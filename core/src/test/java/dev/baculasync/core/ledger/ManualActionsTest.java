package dev.baculasync.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.testkit.InMemoryStore;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What runs leave for later ones about what they have purged. */
class ManualActionsTest {
    private final InMemoryStore store = new InMemoryStore();

    private void run(Consumer<StoreSession> work) {
        try (StoreSession session = store.open(Access.WRITE)) {
            work.accept(session);
        }
    }

    @Test
    void anActionIsListedByEachRunUntilItIsReported() {
        run(session -> {
            ManualActions actions = new ManualActions(session.ledger());
            actions.note("a", List.of("remove volume Vol-0001", "remove volume Vol-0002"));
            actions.note("b", List.of("remove volume Vol-0002"));
            actions.note("c", List.of());
        });
        for (int run = 1; run <= 2; run++) {
            run(session -> assertThat(new ManualActions(session.ledger()).earlier())
                    .as("each once")
                    .satisfiesExactly(
                            action -> assertThat(action).endsWith("Vol-0001"),
                            action -> assertThat(action).endsWith("Vol-0002")));
        }
        run(session -> new ManualActions(session.ledger()).reported());
        run(session -> assertThat(new ManualActions(session.ledger()).earlier()).isEmpty());
    }

    @Test
    void orphanedRowsAreForgottenCatalogByCatalog() {
        OrphanedRows first = new OrphanedRows("7/1", "path 1");
        OrphanedRows second = new OrphanedRows("7/1", "path 2");
        OrphanedRows other = new OrphanedRows("8/1", "path 1");
        run(session -> List.of(first, other, second).forEach(new OrphanedRowsLedger(session.ledger())::note));
        run(session -> {
            OrphanedRowsLedger ledger = new OrphanedRowsLedger(session.ledger());
            assertThat(ledger.all()).containsExactly(first, other, second);
            ledger.forget("7/1");
            assertThat(ledger.all()).containsExactly(other);
        });
        run(session ->
                assertThat(new OrphanedRowsLedger(session.ledger()).all()).containsExactly(other));
    }
}
