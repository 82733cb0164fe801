package dev.baculasync.spi;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A VM that is held to be absent.
 *
 * @param job name of its Job resource
 * @param uuid the VM that the job backs up
 * @param since the moment from which on a backup speaks against it
 */
public record Absence(String job, UUID uuid, Instant since) {
    public Absence {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(since, "since");
    }
}
