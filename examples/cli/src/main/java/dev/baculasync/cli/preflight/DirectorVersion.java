package dev.baculasync.cli.preflight;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Director says about itself.
 *
 * @param text its own words
 */
record DirectorVersion(String text) {
    private static final Pattern MAJOR = Pattern.compile(" Version: (\\d{1,4})\\.");

    /** The first number of its version; empty when it cannot be told. */
    Optional<Integer> major() {
        Matcher matcher = MAJOR.matcher(text);
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    /** Enterprise versions are even, community versions odd; Enterprise builds also say so. */
    boolean isCommunity() {
        return !text.toLowerCase(Locale.ROOT).contains("enterprise")
                && major().map(number -> number % 2 == 1).orElse(false);
    }
}
