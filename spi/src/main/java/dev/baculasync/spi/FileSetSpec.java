package dev.baculasync.spi;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a FileSet resource says.
 *
 * @param name name of the FileSet resource
 * @param proxyServer value of {@code proxy_server=} in the plugin string
 * @param uuid value of {@code instance=} in the plugin string
 * @param dedup the deduplication algorithm, or null for no {@code dedup} line (community Directors do not know it)
 */
public record FileSetSpec(
        String name,
        String proxyServer,
        UUID uuid,
        @Nullable String dedup) {
    public FileSetSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(proxyServer, "proxyServer");
        Objects.requireNonNull(uuid, "uuid");
    }
}
