package dev.baculasync.testkit;

import dev.baculasync.spi.CatalogCleanup;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The in-memory catalog holds to what every part that removes must hold to. */
class InMemoryCleanupTest implements CatalogCleanupContract {
    @Override
    public Catalog catalogWith(List<PastRun> runs) {
        return new InMemory(runs);
    }

    /** The catalog, as the contract looks at it. */
    static class InMemory implements Catalog {
        private final InMemoryCatalog catalog = new InMemoryCatalog();
        private final Set<String> jobs = new TreeSet<>();

        InMemory(List<PastRun> runs) {
            runs.forEach(this::addRun);
        }

        final InMemoryCatalog catalog() {
            return catalog;
        }

        @Override
        public CatalogCleanup cleanup() {
            return catalog.cleanup().orElseThrow();
        }

        @Override
        public void add(PastRun run) {
            addRun(run);
        }

        private void addRun(PastRun run) {
            jobs.add(run.job());
            switch (run.kind()) {
                case OWN -> catalog.ran(run.client(), run.job());
                case COPY -> catalog.copied(run.client(), run.job());
                case ACTIVE -> catalog.runs(run.client(), run.job());
            }
        }

        @Override
        public void purgeFiles(Collection<Long> runs) {
            runs.forEach(catalog::purgeFiles);
        }

        @Override
        public void end() {
            catalog.ended();
        }

        @Override
        public Set<Long> runs() {
            Set<Long> runs = new TreeSet<>();
            jobs.forEach(job -> runs.addAll(catalog.runsOf(job)));
            return runs;
        }

        @Override
        public Set<String> directories() {
            return catalog.paths();
        }

        @Override
        public Set<String> clients() {
            Set<String> clients = new TreeSet<>(Set.of(CLIENT, OTHER_CLIENT));
            clients.removeAll(catalog.clientsRemoved());
            return clients;
        }
    }
}
