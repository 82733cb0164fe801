package dev.baculasync.core.plan;

import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoredInstance;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Everything a plan for one instance is made from.
 *
 * @param instance the OpenStack instance
 * @param discovery its live VMs
 * @param catalogJobs names under which the catalog has runs of its jobs
 * @param stored what the store holds about it
 * @param otherResources what the store holds besides, for whatever instance, asked for only when a plan depends on it. Must
 *     give the same answer each time.
 * @param rolledBack Slugs of this instance that a run which died had written and that have been put back since: what the
 *     Director has loaded or the catalog has seen of them is neither lost nor somebody else's
 * @param director what the Director has loaded, asked for only when a plan depends on it; empty when it could not be
 *     asked. Must give the same answer each time.
 * @param evidence what there is to judge an absence by
 * @param now the moment of the run
 */
public record PlanInput(
        OpenStackInstance instance,
        Discovery discovery,
        JobNames catalogJobs,
        StoredInstance stored,
        Supplier<OtherResources> otherResources,
        Set<String> rolledBack,
        Supplier<Optional<DirectorResources>> director,
        Evidence evidence,
        Instant now) {
    public PlanInput {
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(discovery, "discovery");
        Objects.requireNonNull(catalogJobs, "catalogJobs");
        Objects.requireNonNull(stored, "stored");
        Objects.requireNonNull(otherResources, "otherResources");
        Objects.requireNonNull(rolledBack, "rolledBack");
        Objects.requireNonNull(director, "director");
        Objects.requireNonNull(evidence, "evidence");
        Objects.requireNonNull(now, "now");
    }

    /** The same input with another list of live VMs. */
    public PlanInput withDiscovery(Discovery other) {
        return new PlanInput(instance, other, catalogJobs, stored, otherResources, rolledBack, director, evidence, now);
    }

    /** The same input with other evidence. */
    public PlanInput withEvidence(Evidence other) {
        return new PlanInput(
                instance, discovery, catalogJobs, stored, otherResources, rolledBack, director, other, now);
    }
}
