package dev.baculasync.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of one edit.
 *
 * @param edit the edit
 * @param error why it was not carried out; null when it was
 */
public record EditResult(VmEdit edit, @Nullable ProviderException error) {
    public EditResult {
        Objects.requireNonNull(edit, "edit");
    }
}
