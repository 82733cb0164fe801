package dev.baculasync.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A volume as the catalog knows it.
 *
 * @param name its name
 * @param mediaType its MediaType
 * @param storage name of the Storage resource it was last written through, or null when the catalog does not know
 * @param bytes its size in bytes
 */
public record CatalogVolume(
        String name, String mediaType, @Nullable String storage, long bytes) {
    public CatalogVolume {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(mediaType, "mediaType");
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative");
        }
    }
}
