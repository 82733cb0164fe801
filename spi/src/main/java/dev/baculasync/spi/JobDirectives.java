package dev.baculasync.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a Job resource says itself. A directive is null where the Job leaves it to its JobDefs, or to Bacula's default.
 *
 * @param name name of the Job resource
 * @param enabled whether the Job says {@code Enabled = yes}; a Job that says nothing is enabled
 * @param fileSet name of the FileSet it uses
 */
public record JobDirectives(
        String name,
        boolean enabled,
        @Nullable String jobDefs,
        @Nullable String client,
        @Nullable String fileSet,
        @Nullable String storage,
        @Nullable String pool,
        @Nullable String schedule,
        @Nullable String messages) {
    public JobDirectives {
        Objects.requireNonNull(name, "name");
    }
}
