package dev.baculasync.core.ledger;

import dev.baculasync.core.plan.Held;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What runs have held, each under a digest by which an operator can approve it. A digest stands for its members and for
 * nothing else, is good for seven days after it was last shown, and is used up by the run that does something on its
 * account. Safe for use by several threads.
 */
public final class HeldSets {
    /** The place of what is held of the Director's list as a whole. */
    public static final String LIST = "list";

    static final String KIND = "held";
    private static final Duration VALID = Duration.ofDays(7);
    private static final int DIGITS = 16;

    private static final String USED = "used";
    private static final String SHOWN = "shown";
    private static final Comparator<Held> ORDER =
            Comparator.comparing(Held::kind).thenComparing(Held::slug).thenComparing(HeldSets::text);

    private final Ledger ledger;
    private final Instant now;
    private final Map<String, Shown> shown = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    /** What was shown under one digest. */
    private static final class Shown {
        private final String place;
        private final Set<Held> members = new HashSet<>();

        private Shown(String place) {
            this.place = place;
        }
    }

    /** Whether there may be more than is known here. */
    private boolean keepsAll;

    private HeldSets(Ledger ledger, Instant now) {
        this.ledger = ledger;
        this.now = now;
    }

    /**
     * What is stored.
     *
     * @param now the moment of the run
     * @throws ProviderException when it cannot be read
     */
    public static HeldSets read(Ledger ledger, Instant now) {
        HeldSets sets = new HeldSets(ledger, now);
        for (Ledger.Entry entry : ledger.entries(KIND)) {
            try {
                sets.add(entry);
            } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new ProviderException(
                        ProviderException.Code.IO,
                        "what was held is stored with an entry that is not understood (" + entry.subject() + ")",
                        e);
            }
        }
        return sets;
    }

    /** Where what is stored cannot be read: nothing is approved by it. */
    public static HeldSets unreadable(Ledger ledger, Instant now) {
        HeldSets sets = new HeldSets(ledger, now);
        sets.keepsAll = true;
        return sets;
    }

    private void add(Ledger.Entry entry) {
        String[] words = entry.text().split(" ", 7);
        Instant at = Instant.parse(words[1]);
        if (at.plus(VALID).isBefore(now)) {
            return;
        }
        if (words[0].equals(USED)) {
            used.add(entry.subject());
            return;
        }
        Held.Kind kind = Held.Kind.valueOf(words[3].toUpperCase(Locale.ROOT));
        Held member = kind == Held.Kind.UNLIST
                ? new Held(kind, words[6], null, null)
                : new Held(kind, words[6], UUID.fromString(words[4]), Instant.parse(words[5]));
        shown.computeIfAbsent(entry.subject(), key -> new Shown(words[2]))
                .members
                .add(member);
    }

    /** Why a digest approves nothing, as a sentence; empty when it does. */
    public synchronized Optional<String> objection(String digest, Collection<OpenStackInstance> instances) {
        Shown set = shown.get(digest);
        if (used.contains(digest)) {
            return Optional.of("\"" + digest + "\" was used already; an approval counts once");
        }
        if (set == null) {
            return Optional.of("\"" + digest + "\" is no digest of the last " + VALID.toDays()
                    + " days: run sync, and take it from the report");
        }
        return set.place.equals(LIST)
                        || instances.stream()
                                .anyMatch(instance -> instance.toString().equals(set.place))
                ? Optional.empty()
                : Optional.of("\"" + digest + "\" is about " + set.place + ", which this run does not handle");
    }

    /** What a digest approves of a place: an instance, or {@link #LIST}. */
    public synchronized Set<Held> members(String digest, String place) {
        Shown set = shown.get(digest);
        return set == null || used.contains(digest) || !set.place.equals(place) ? Set.of() : Set.copyOf(set.members);
    }

    /** The digest of what is held of a place; another one than those that were used. */
    public synchronized String digestOf(String place, Collection<Held> members) {
        StringBuilder text = new StringBuilder(place);
        members.stream().sorted(ORDER).forEach(member -> text.append('\n').append(text(member)));
        for (int times = 0; ; times++) {
            String digest = hash(times + "\n" + text);
            if (!used.contains(digest)) {
                return digest;
            }
        }
    }

    /**
     * Stores what is held, so that it can be approved; durable on return. What has expired is forgotten.
     *
     * @throws ProviderException when that could not be written down
     */
    public synchronized void store(String digest, String place, Collection<Held> members) {
        List<Ledger.Entry> entries = new ArrayList<>();
        members.stream()
                .sorted(ORDER)
                .forEach(member ->
                        entries.add(new Ledger.Entry(digest, SHOWN + " " + now + " " + place + " " + text(member))));
        ledger.update(KIND, entry -> entry.subject().equals(digest) || isForgotten(entry), entries);
        Shown set = new Shown(place);
        set.members.addAll(members);
        shown.put(digest, set);
    }

    /**
     * Uses a digest up; durable on return.
     *
     * @throws ProviderException when that could not be written down; then nothing may be done on its account
     */
    public synchronized void use(String digest) {
        ledger.update(
                KIND,
                entry -> entry.subject().equals(digest) || isForgotten(entry),
                List.of(new Ledger.Entry(digest, USED + " " + now)));
        used.add(digest);
    }

    private boolean isForgotten(Ledger.Entry entry) {
        return !keepsAll && !shown.containsKey(entry.subject()) && !used.contains(entry.subject());
    }

    private static String text(Held member) {
        String uuid = member.uuid() == null ? "-" : member.uuid().toString();
        String since = member.since() == null ? "-" : member.since().toString();
        return member.kind().word() + " " + uuid + " " + since + " " + member.slug();
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
