package dev.baculasync.bconsole.adapter;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which Bacula a daemon is, and what follows from it.
 *
 * @param text its own words, e.g. {@code 1000 OK: 10002 t-dir Version: 15.0.0 (01 November 2023)}
 */
public record DirectorRelease(String text) {
    private static final Pattern MAJOR = Pattern.compile(" Version: (\\d{1,4})\\.");
    private static final int FIRST_WITH_DEDUP = 11;
    private static final Set<String> DEDUP = Set.of("storage", "bothsides", "none");

    /** The first number of its version; empty when it cannot be told. */
    public Optional<Integer> major() {
        Matcher matcher = MAJOR.matcher(text);
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    /** Enterprise versions are even, community versions odd; Enterprise builds also say so. */
    public boolean isCommunity() {
        return !text.toLowerCase(Locale.ROOT).contains("enterprise")
                && major().map(number -> number % 2 == 1).orElse(false);
    }

    /**
     * What a FileSet may say after {@code dedup =}, in lower case; none where the Director does not know the directive at
     * all. Any other word is an error of its whole configuration. Empty for Enterprise, and where it cannot be told.
     */
    public Optional<Set<String>> dedup() {
        return major().filter(number -> isCommunity()).map(number -> number < FIRST_WITH_DEDUP ? Set.of() : DEDUP);
    }
}
