package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.DirectorRelease;
import java.util.Optional;
import java.util.Set;

/**
 * What a Director says about itself.
 *
 * @param text its own words
 */
record DirectorVersion(String text) {
    /** The first number of its version; empty when it cannot be told. */
    Optional<Integer> major() {
        return new DirectorRelease(text).major();
    }

    /** Whether it is no Bacula Enterprise. */
    boolean isCommunity() {
        return new DirectorRelease(text).isCommunity();
    }

    /** What a FileSet may say after {@code dedup =}, in lower case; empty when that may be anything. */
    Optional<Set<String>> dedup() {
        return new DirectorRelease(text).dedup();
    }
}
