package dev.baculasync.spi;

import java.util.Objects;

/** Everything that a Job resource says when it is first written. Every value is a legal {@link BaculaName}. */
public record JobSpec(
        String name,
        String jobDefs,
        String client,
        String fileSet,
        String storage,
        String pool,
        String schedule,
        String messages) {
    public JobSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(jobDefs, "jobDefs");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(fileSet, "fileSet");
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(messages, "messages");
    }
}
