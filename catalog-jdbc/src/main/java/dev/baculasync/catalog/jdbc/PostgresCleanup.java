package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Removes rows; a connection for each call, and no state, so that threads do not meet. */
final class PostgresCleanup implements CatalogCleanup {
    private static final String CLIENT_IDS = "SELECT clientid FROM client WHERE name = ?::text";

    private final CatalogServer server;
    private final WriteTransactions transactions;

    PostgresCleanup(CatalogServer server) {
        // 0.2 s, 0.4 s, 0.8 s …
        this(server, server::openForWriting, attempts -> Thread.sleep(100L << attempts));
    }

    PostgresCleanup(CatalogServer server, Supplier<Connection> writing, Pause pause) {
        this.server = server;
        this.transactions = new WriteTransactions(server, writing, pause);
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
    public JobHolding look(String client, String job, String fileSet, Set<Long> gone) {
        try (Connection connection = server.open()) {
            connection.setAutoCommit(false);
            // One state of the catalog for all that is counted.
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            CatalogSession session = server.reading(connection);
            return new JobLook(session, CatalogSchema.read(session, server)).at(client, job, fileSet);
        } catch (SQLException e) {
            throw server.failure("looking what the catalog holds of job " + job, e);
        }
    }

    @Override
    public JobHolding remove(JobHolding looked) {
        return transactions.run(
                "removing job " + looked.job() + " of client " + looked.client(),
                session -> new JobRemoval(session, CatalogSchema.read(session, server), looked).run());
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
        return transactions.run("removing client " + client, session -> {
            CatalogSchema schema = CatalogSchema.read(session, server);
            session.execute(JobRemoval.LOCK_JOBS);
            List<Long> ids = session.query(row -> row.getLong(1), CLIENT_IDS, client);
            if (session.count("SELECT count(*) FROM job WHERE clientid = ANY(?)", ids) > 0) {
                session.rollback();
                return false;
            }
            if (schema.has("tagclient")) {
                session.update("DELETE FROM tagclient WHERE clientid = ANY(?)", ids);
            }
            session.update("DELETE FROM client WHERE clientid = ANY(?)", ids);
            return true;
        });
    }
}
