package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.Ledger.Entry;
import dev.baculasync.spi.StoreSession;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the {@link Ledger} of every store must hold to; a part of {@link ConfigStoreContract}. */
public interface LedgerContract {
    /** The store under test; each test asks once, and gets an empty one. */
    ConfigStore emptyStore();

    @Test
    default void entriesComeBackInTheOrderInWhichTheyWereAdded() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            Ledger ledger = session.ledger();
            assertThat(ledger.entries("held")).isEmpty();
            ledger.update("held", entry -> false, List.of(new Entry("z", "1"), new Entry("a", "2")));
            ledger.update("held", entry -> false, List.of(new Entry("m", "3"), new Entry("z", "1")));
            assertThat(ledger.entries("held"))
                    .containsExactly(
                            new Entry("z", "1"), new Entry("a", "2"), new Entry("m", "3"), new Entry("z", "1"));
            assertThat(session.ledger().entries("held")).hasSize(4);
        }
    }

    @Test
    default void whatWasRememberedOutlivesItsSessionWhateverBecomesOfIt() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            session.ledger().update("held", entry -> false, List.of(new Entry("a", "1")));
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(session.ledger().entries("held")).containsExactly(new Entry("a", "1"));
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            session.ledger().update("held", entry -> false, List.of(new Entry("b", "2")));
            session.rollback(List.of());
            session.publish(session.listing().whole());
            session.commit();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isEmpty();
            assertThat(session.ledger().entries("held")).containsExactly(new Entry("a", "1"), new Entry("b", "2"));
        }
    }

    @Test
    default void entriesAreRemovedAndAddedInOneStep() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            Ledger ledger = session.ledger();
            ledger.update(
                    "held", entry -> true, List.of(new Entry("a", "1"), new Entry("b", "2"), new Entry("a", "3")));
            ledger.update("held", entry -> entry.subject().equals("a"), List.of(new Entry("a", "4")));
            assertThat(ledger.entries("held"))
                    .as("what is added is not asked about")
                    .containsExactly(new Entry("b", "2"), new Entry("a", "4"));
            ledger.update("held", entry -> entry.subject().equals("nobody"), List.of());
            assertThat(ledger.entries("held")).hasSize(2);
            assertThatThrownBy(() -> ledger.update(
                            "held",
                            entry -> {
                                throw new ArithmeticException();
                            },
                            List.of(new Entry("c", "5"))))
                    .isInstanceOf(ArithmeticException.class);
            assertThat(ledger.entries("held")).as("all of it or nothing").hasSize(2);
            ledger.update("held", entry -> true, List.of());
            assertThat(ledger.entries("held")).isEmpty();
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.ledger().entries("held")).isEmpty();
            session.ledger().update("held", entry -> true, List.of(new Entry("d", "6")));
            assertThat(session.ledger().entries("held")).containsExactly(new Entry("d", "6"));
        }
    }

    @Test
    default void anyTextIsRememberedAsItIs() {
        List<String> texts = List.of(
                "",
                " ",
                "\t",
                "a\tb\t",
                "one\ntwo\r\nthree\r",
                "\\",
                "\\t\\n\\u0009",
                "\u0000\u0001\u001b[31m\u007f\u0085",
                "\u2028\u2029\ufeff\u202e\u200b",
                "\ud800 alone, \udc00 too",
                "J\u00f6rg \u65e5\u672c \ud83d\ude00 \u0301",
                "#@vm: x",
                "\"quoted\" 'too' {\"a\":[1]}",
                "x".repeat(10_000));
        List<Entry> entries = new ArrayList<>();
        for (String text : texts) {
            entries.add(new Entry(text, "text"));
            entries.add(new Entry("subject", text));
            entries.add(new Entry(text, text));
        }
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            session.ledger().update("held", entry -> false, entries);
            assertThat(session.ledger().entries("held")).isEqualTo(entries);
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.ledger().entries("held")).isEqualTo(entries);
            session.ledger().update("held", entry -> entry.text().equals("text"), List.of());
            entries.removeIf(entry -> entry.text().equals("text"));
            assertThat(session.ledger().entries("held")).isEqualTo(entries);
        }
    }

    /** Some of these words are those of other things that a store may have to remember. */
    @Test
    default void kindsHaveNothingToDoWithEachOther() {
        List<String> kinds = List.of(
                "held", "check", "a", "ab", "lock", "journal", "pending", "names", "actions", "outages", "history");
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.WRITE)) {
            for (String kind : kinds) {
                session.ledger().update(kind, entry -> true, List.of(new Entry("it", kind)));
            }
        }
        try (StoreSession session = store.open(Access.WRITE)) {
            assertThat(session.notes()).isEmpty();
            assertThat(session.ledger().entries(Ledger.ROLLED_BACK)).isEmpty();
            session.ledger().update("held", entry -> true, List.of());
            session.commit();
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(session.readAll().vms()).isEmpty();
            assertThat(session.readAll().problems()).isEmpty();
            for (String kind : kinds) {
                assertThat(session.ledger().entries(kind))
                        .as(kind)
                        .isEqualTo(kind.equals("held") ? List.of() : List.of(new Entry("it", kind)));
            }
        }
    }

    @Test
    default void aReadingSessionRemembersNothing() {
        ConfigStore store = emptyStore();
        try (StoreSession session = store.open(Access.READ)) {
            Ledger ledger = session.ledger();
            assertThat(ledger.entries("held")).isEmpty();
            assertThatThrownBy(() -> ledger.update("held", entry -> false, List.of(new Entry("a", "1"))))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> ledger.update("held", entry -> false, List.of()))
                    .as("not even nothing")
                    .isInstanceOf(IllegalStateException.class);
            assertThat(ledger.entries("held")).isEmpty();
        }
    }
}
