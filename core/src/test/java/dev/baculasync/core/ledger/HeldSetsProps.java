package dev.baculasync.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.core.plan.Held;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/** What a digest stands for, for how long, and how often. */
class HeldSetsProps {
    private static final OpenStackInstance ONE = Fleets.instance(1);
    private static final OpenStackInstance TWO = Fleets.instance(2);
    private static final Instant NOW = Instant.parse("2026-05-18T19:00:00.123456789Z");

    private Ledger ledger = empty();

    @BeforeTry
    void forget() {
        ledger = empty();
    }

    private static Ledger empty() {
        return new InMemoryStore().open(ConfigStore.Access.WRITE).ledger();
    }

    private HeldSets at(Instant now) {
        return HeldSets.read(ledger, now);
    }

    @Property(tries = 300)
    void aDigestGivesBackJustWhatWasShown(@ForAll("members") Set<Held> members, @ForAll("members") Set<Held> others) {
        HeldSets shown = at(NOW);
        String digest = shown.digestOf(ONE.toString(), members);
        shown.store(digest, ONE.toString(), members);
        String second = at(NOW).digestOf(ONE.toString(), others);
        assertThat(second.equals(digest)).isEqualTo(members.equals(others));
        at(NOW).store(second, ONE.toString(), others);

        HeldSets later = at(NOW.plus(Duration.ofDays(7)));
        assertThat(later.members(digest, ONE.toString())).isEqualTo(members);
        assertThat(later.members(digest, TWO.toString())).isEmpty();
        assertThat(later.objection(digest, List.of(ONE))).isEmpty();
        assertThat(later.objection(digest, List.of(TWO))).isPresent();
    }

    @Property(tries = 300)
    void itIsGoodOnceAndForSevenDays(@ForAll("members") Set<Held> members) {
        HeldSets shown = at(NOW);
        String digest = shown.digestOf(ONE.toString(), members);
        assertThat(shown.objection(digest, List.of(ONE))).as("never shown").isPresent();
        shown.store(digest, ONE.toString(), members);
        Instant expired = NOW.plus(Duration.ofDays(7)).plusNanos(1);
        assertThat(at(expired).objection(digest, List.of(ONE))).as("expired").isPresent();
        assertThat(at(expired).members(digest, ONE.toString())).isEmpty();

        at(NOW).use(digest);
        assertThat(at(NOW).objection(digest, List.of(ONE))).as("used").isPresent();
        assertThat(at(NOW).members(digest, ONE.toString())).isEmpty();
        String again = at(NOW).digestOf(ONE.toString(), members);
        assertThat(again)
                .as("shown again, the same stands under another digest")
                .isNotEqualTo(digest);
        at(NOW).store(again, ONE.toString(), members);
        assertThat(at(NOW).members(again, ONE.toString())).isEqualTo(members);
        assertThat(at(NOW).members(digest, ONE.toString())).isEmpty();
    }

    @Example
    void whatHasExpiredIsForgotten() {
        Held held = new Held(Held.Kind.DISABLE, "web", new UUID(1, 1), NOW);
        HeldSets shown = at(NOW);
        shown.store(shown.digestOf(ONE.toString(), Set.of(held)), ONE.toString(), Set.of(held));
        Held other = new Held(Held.Kind.DISABLE, "db", new UUID(1, 2), NOW);
        HeldSets later = at(NOW.plus(Duration.ofDays(8)));
        later.store(later.digestOf(ONE.toString(), Set.of(other)), ONE.toString(), Set.of(other));
        assertThat(ledger.entries(HeldSets.KIND)).hasSize(1);
    }

    @Example
    void whatIsNotUnderstoodApprovesNothing() {
        ledger.update(HeldSets.KIND, entry -> false, List.of(new Ledger.Entry("x", "shown yesterday")));
        assertThatThrownBy(() -> at(NOW)).isInstanceOf(ProviderException.class);
    }

    @Provide
    Arbitrary<Set<Held>> members() {
        Arbitrary<Instant> moments = Arbitraries.longs().between(0, 3).map(NOW::plusSeconds);
        Arbitrary<UUID> uuids = Arbitraries.longs().between(1, 3).map(n -> new UUID(1, n));
        return Combinators.combine(
                        Arbitraries.of(Held.Kind.class), Arbitraries.of("web", "a b", "db:1"), uuids, moments)
                .as((kind, part, uuid, since) ->
                        kind == Held.Kind.UNLIST ? new Held(kind, part, null, null) : new Held(kind, part, uuid, since))
                .set()
                .ofMinSize(1)
                .ofMaxSize(4);
    }
}
