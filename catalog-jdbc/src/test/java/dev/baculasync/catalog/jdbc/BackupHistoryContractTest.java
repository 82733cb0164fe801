package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.BackupHistory;
import dev.baculasync.testkit.BackupHistoryContract;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** Every catalog tells of backups as every catalog must; the Director is nowhere near the zone we are in. */
class BackupHistoryContractTest {
    private static final Map<Integer, TestCatalog> CATALOGS = new HashMap<>();

    @AfterAll
    static void close() {
        CATALOGS.values().forEach(TestCatalog::close);
        CATALOGS.clear();
    }

    @Nested
    class Bacula9 extends Version {
        Bacula9() {
            super(16);
        }
    }

    @Nested
    class Bacula11 extends Version {
        Bacula11() {
            super(1022);
        }
    }

    @Nested
    class Bacula13 extends Version {
        Bacula13() {
            super(1024);
        }
    }

    @Nested
    class Bacula15 extends Version {
        Bacula15() {
            super(1026);
        }
    }

    abstract static class Version implements BackupHistoryContract {
        private final int version;
        private final List<PastRuns> open = new ArrayList<>();

        Version(int version) {
            this.version = version;
        }

        @AfterEach
        void closeRows() {
            open.forEach(PastRuns::close);
        }

        @Override
        public BackupHistory historyOf(List<PastRun> runs) {
            TestCatalog catalog = CATALOGS.computeIfAbsent(version, TestCatalog::create);
            PastRuns past = new PastRuns(catalog, ZoneId.of("Pacific/Chatham")).clear();
            open.add(past);
            for (PastRun run : runs) {
                boolean empty = run.ending() == Ending.EMPTY;
                String status = switch (run.ending()) {
                    case WELL, EMPTY -> "T";
                    case WITH_AN_ERROR -> "f";
                    case CANCELLED -> "A";
                };
                long id = past.ended(
                        run.client(), run.job(), run.began(), "B", status, empty ? 0 : 3, empty ? 0 : 1_000_000);
                if (run.of() != null) {
                    past.file(id, "/@openstack/nova/server/" + run.of() + "/", run.of() + ".conf");
                } else {
                    past.file(id, "/etc/", "passwd");
                }
            }
            return past.history();
        }
    }
}
