package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Removes rows; a connection for each call, and no state, so that threads do not meet. */
final class PostgresCleanup implements CatalogCleanup {
    private static final String CLIENT_IDS = "SELECT clientid FROM client WHERE name = ?::text";

    private static final String JOBS_OF_CLIENT = "SELECT count(*) FROM job WHERE clientid = ANY(?)";

    private static final String BUT = " AND jobid NOT IN (SELECT unnest(?::bigint[]))";

    private static final String RECENT_JOBS_OF_CLIENT = JOBS_OF_CLIENT + " AND " + RecentJobs.CONDITION;

    private final CatalogServer server;
    private final Supplier<Connection> writing;
    private final WriteTransactions transactions;
    private final JobsLock jobs;

    PostgresCleanup(CatalogServer server) {
        // 0.2 s, 0.4 s, 0.8 s …
        this(
                server,
                server::openForWriting,
                attempts -> Thread.sleep(100L << attempts),
                attempts -> Thread.sleep(JobsLock.EVERY_MILLIS));
    }

    /**
     * @param pause between attempts at a whole transaction, and between askings what became of one
     * @param lockPause between attempts at the lock of the jobs
     */
    PostgresCleanup(CatalogServer server, Supplier<Connection> writing, Pause pause, Pause lockPause) {
        this.server = server;
        this.writing = writing;
        this.transactions = new WriteTransactions(server, writing, pause);
        this.jobs = new JobsLock(server, lockPause);
    }

    @Override
    public void check() {
        try (Connection connection = server.openForWriting()) {
            CatalogSession session = server.reading(connection);
            CleanupRights.require(session, server, CatalogSchema.find(session, server));
            CatalogSchema.requireKnownVersion(session, server);
        } catch (SQLException e) {
            throw server.failure("looking whether rows may be removed", e);
        }
    }

    @Override
    public CatalogCleanup preview() {
        return new Preview();
    }

    @Override
    public JobHolding look(String client, String job, String fileSet) {
        return look(client, job, fileSet, new RemovedInPreview()).holding();
    }

    private JobLook.Found look(String client, String job, String fileSet, RemovedInPreview removed) {
        try (Connection connection = server.open()) {
            CatalogSession session = server.reading(connection);
            // One state of the catalog for all that is counted.
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            return new JobLook(session, CatalogSchema.read(session, server), removed).at(client, job, fileSet);
        } catch (SQLException e) {
            throw server.failure("looking what the catalog holds of job " + job, e);
        }
    }

    @Override
    public JobHolding remove(JobHolding looked) {
        return transactions.run(
                JobRemoval.doing(looked),
                session -> new JobRemoval(session, CatalogSchema.read(session, server), jobs, looked).run());
    }

    @Override
    public Optional<OrphanedRows> usedBy(Set<Long> runs, Collection<OrphanedRows> known) {
        try (Connection connection = server.open()) {
            CatalogSession session = server.reading(connection);
            FileNames used = UnusedNames.ofRuns(session, CatalogSchema.read(session, server), runs);
            FileNames more = used.without(FileNames.of(used.catalog(), ofCatalog(used.catalog(), known)));
            return more.isEmpty() ? Optional.empty() : Optional.of(more.rows());
        } catch (SQLException e) {
            throw server.failure("reading the names of the files of JobId " + runs, e);
        }
    }

    @Override
    public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
        return removeOrphaned(candidates, names -> sweep().remove(names));
    }

    private static OrphanRemoval removeOrphaned(
            Collection<OrphanedRows> candidates, Function<FileNames, NamesRemoval> sweep) {
        if (candidates.isEmpty()) {
            return new OrphanRemoval(Collections.emptySortedMap(), null);
        }
        FileNames names = FileNames.of(candidates.iterator().next().catalog(), candidates);
        NamesRemoval removal = sweep.apply(names);
        return new OrphanRemoval(
                removal.rows(),
                removal.obstacle() == null
                        ? null
                        : names.paths().count() + " Path and "
                                + names.filenames().count()
                                + " Filename rows that purged runs used wait for a sync with CLEANUP_AFTER_DAYS, or a"
                                + " delete-client, at a moment without running jobs; Bacula's dbcheck counts those that"
                                + " nothing else uses as orphaned until then: " + removal.obstacle());
    }

    private static List<OrphanedRows> ofCatalog(String catalog, Collection<OrphanedRows> known) {
        return known.stream().filter(rows -> rows.catalog().equals(catalog)).toList();
    }

    private NamesSweep sweep() {
        return new NamesSweep(server, writing, transactions, jobs);
    }

    @Override
    public SortedSet<String> activeJobs(String client) {
        try (Connection connection = server.open()) {
            SortedSet<String> names = new TreeSet<>();
            ActiveRun.read(server.reading(connection), client).stream()
                    .filter(ActiveRun::ofClient)
                    .forEach(run -> names.add(run.run()));
            return names;
        } catch (SQLException e) {
            throw server.failure("reading the active jobs of client " + client, e);
        }
    }

    @Override
    public boolean removeClient(String client) {
        String doing = "removing client " + client;
        return transactions.run(doing, session -> {
            CatalogSchema schema = CatalogSchema.read(session, server);
            RecentJobs recent = RecentJobs.read(session);
            List<Long> ids = session.query(row -> row.getLong(1), CLIENT_IDS, client);
            if (session.count(JOBS_OF_CLIENT, ids) > 0) {
                return false;
            }
            return jobs.holding(session, doing, locked -> {
                if (locked.count(RECENT_JOBS_OF_CLIENT, ids, recent.after(), recent.unfinished()) > 0) {
                    return false;
                }
                if (schema.has("tagclient")) {
                    locked.update("DELETE FROM tagclient WHERE clientid = ANY(?)", ids);
                }
                locked.update("DELETE FROM client WHERE clientid = ANY(?)", ids);
                return true;
            });
        });
    }

    /** Looks where the other one removes, and remembers what would not be there any more. */
    private final class Preview implements CatalogCleanup {
        private final RemovedInPreview removed = new RemovedInPreview();

        /** What was looked at last, as long as nothing has been removed since. */
        private JobLook.@Nullable Found last;

        @Override
        public void check() {
            PostgresCleanup.this.check();
        }

        @Override
        public CatalogCleanup preview() {
            return PostgresCleanup.this.preview();
        }

        @Override
        public synchronized JobHolding look(String client, String job, String fileSet) {
            JobLook.Found found = PostgresCleanup.this.look(client, job, fileSet, removed);
            last = found;
            return found.holding();
        }

        @Override
        public synchronized JobHolding remove(JobHolding looked) {
            JobLook.Found found = last != null && last.holding().purged().equals(looked.purged())
                    ? last
                    : PostgresCleanup.this.look(looked.client(), looked.job(), looked.fileSet(), removed);
            last = null;
            JobHolding now = found.holding();
            String obstacle = now.obstacle() == null ? JobRemoval.unseen(looked, now.runs()) : now.obstacle();
            if (obstacle != null) {
                return now.without(obstacle);
            }
            removed.add(now.runs(), found.fileSets());
            return now;
        }

        @Override
        public Optional<OrphanedRows> usedBy(Set<Long> runs, Collection<OrphanedRows> known) {
            return PostgresCleanup.this.usedBy(runs, known);
        }

        @Override
        public synchronized OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
            return PostgresCleanup.removeOrphaned(candidates, names -> sweep().preview(names, removed));
        }

        @Override
        public SortedSet<String> activeJobs(String client) {
            return PostgresCleanup.this.activeJobs(client);
        }

        @Override
        public synchronized boolean removeClient(String client) {
            try (Connection connection = server.open()) {
                CatalogSession session = server.reading(connection);
                List<Long> ids = session.query(row -> row.getLong(1), CLIENT_IDS, client);
                return session.count(JOBS_OF_CLIENT + BUT, ids, removed.runs()) == 0;
            } catch (SQLException e) {
                throw server.failure("looking whether client " + client + " has any job left", e);
            }
        }
    }
}
