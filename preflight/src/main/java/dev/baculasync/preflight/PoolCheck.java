package dev.baculasync.preflight;

import dev.baculasync.catalog.jdbc.PoolFacts;
import dev.baculasync.spi.ProviderException;
import java.util.Optional;

/** Whether the Pool of new jobs has, or gets, a volume to write to: a job without one waits for it for ever. */
final class PoolCheck {
    private static final String BACKUP = "Backup";

    private final Installation installation;
    private final KnownDirector director;
    private final String pool;
    private final String check;

    PoolCheck(Installation installation, KnownDirector director) {
        this.installation = installation;
        this.director = director;
        this.pool = installation.policy().pool();
        this.check = "volumes of Pool " + pool;
    }

    void check(Findings findings) {
        Optional<PoolFacts> facts;
        try {
            facts = installation.catalogProbe().pool(pool);
        } catch (ProviderException e) {
            findings.warn(
                    check,
                    "not checked: " + e.getMessage(),
                    "run catalog/roles.sql again, or look in bconsole: llist pool=" + pool + ", list volumes pool="
                            + pool);
            return;
        }
        if (facts.isEmpty()) {
            absent(findings);
        } else if (facts.get().type().equalsIgnoreCase(BACKUP)) {
            volumes(findings, facts.get());
        } else if (director.configuration().isEmpty()) {
            // Else the check of the Director's resources says so.
            findings.fail(
                    check,
                    "it is for something else than backups: Pool Type = "
                            + facts.get().type(),
                    "let POOL name a Pool with Pool Type = Backup");
        }
    }

    /** That the Director does not have it either is the check of its resources to say. */
    private void absent(Findings findings) {
        try {
            if (director.obstacle().isPresent() || !director.resources().pools().contains(pool)) {
                return;
            }
        } catch (ProviderException e) {
            return;
        }
        findings.warn(
                check,
                "not checked: the catalog has no such Pool, and the Director writes it there when it starts or reloads",
                "reload the Director; if that changes nothing, look whether DB_HOST, DB_PORT and DB_NAME lead to its catalog");
    }

    private void volumes(Findings findings, PoolFacts facts) {
        if (facts.ready() > 0) {
            findings.ok(check, facts.ready() + " of " + facts.volumes() + " can be written to");
        } else if (facts.spare() > 0 && facts.hasRoom()) {
            findings.ok(check, "it takes them from the Scratch Pool, which has " + facts.spare());
        } else if (!facts.labelFormat().isEmpty() && facts.hasRoom()) {
            findings.ok(check, "new ones are labelled, as Label Format = " + facts.labelFormat() + " says");
        } else if (facts.later() > 0) {
            findings.warn(
                    check,
                    "a backup waits until one of its " + facts.volumes()
                            + " can be recycled: none can be written to, and " + noNew(facts),
                    "compare their Volume Retention with how often backups run; " + more(facts));
        } else if (facts.returning() > 0) {
            findings.warn(
                    check,
                    "it has none to write to, and " + noNew(facts) + "; " + facts.returning()
                            + " of other Pools come to it when they are recycled (RecyclePool)",
                    "look whether one does before the first backup; " + more(facts));
        } else {
            findings.fail(
                    check,
                    "no backup can come from it: it has none to write to or to recycle, and " + noNew(facts)
                            + "; the first job waits for a volume for ever",
                    more(facts));
        }
    }

    private static String noNew(PoolFacts facts) {
        if (!facts.hasRoom()) {
            return "it may not have more than " + facts.mostVolumes() + " (Maximum Volumes)";
        }
        return "new ones are not labelled by themselves (no Label Format), and the Scratch Pool has none";
    }

    private String more(PoolFacts facts) {
        if (!facts.hasRoom()) {
            return "raise Maximum Volumes of the Pool, or let POOL name another one";
        }
        return "write a Label Format into the Pool, with LabelMedia = yes in the Device of its Storage, and reload the Director;"
                + " or label volumes in bconsole: label pool=" + pool + "; or let POOL name another Pool";
    }
}
