package dev.baculasync.spi;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a FileSet resource says that this product manages.
 *
 * @param name name of the FileSet resource; null when it cannot be read
 * @param proxyServer value of {@code proxy_server=} in its {@code Plugin} string; null unless it stands there once
 * @param dedup value of its {@code dedup} option, or null for none (community Directors do not know it)
 * @param instances the VMs that its {@code Plugin} strings name by {@code instance=}, as far as they can be read
 */
public record FileSetFacts(
        @Nullable String name,
        @Nullable String proxyServer,
        @Nullable String dedup,
        Set<UUID> instances) {
    public FileSetFacts {
        instances = Set.copyOf(instances);
    }
}
