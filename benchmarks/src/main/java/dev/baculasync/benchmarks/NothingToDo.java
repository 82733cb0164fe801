package dev.baculasync.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;

/** A sync that finds everything as it should be, against a plain reading of all job files. */
final class NothingToDo {
    private static final int ROUNDS = 5;
    private static final double AIM = 4;
    private static final long MEMORY_AIM = 512;

    private final Distribution distribution;
    private final PrintStream out;

    NothingToDo(Distribution distribution, PrintStream out) {
        this.distribution = distribution;
        this.out = out;
    }

    void run(Path folder, int instances, int vmsEach) throws IOException, InterruptedException, SQLException {
        out.printf("%nNothing to do: %d instances x %d VMs, %d rounds%n", instances, vmsEach, ROUNDS);
        Site site = Site.create(folder, instances, vmsEach);
        Path baseDir = site.baseDir("base");
        Series sync = new Series("sync");
        Series find = new Series("find BASE_DIR -name job -exec cat {} +");
        try (Catalog catalog = Catalog.start(site)) {
            Measurement first = distribution.sync(site, baseDir, catalog);
            out.printf(
                    Locale.ROOT,
                    "  (the first sync, which made the tree: %.1f s, %d MiB)%n",
                    first.seconds(),
                    first.peakMebibytes());
            catalog.recordNight(site);
            Path published = baseDir.resolve("director.conf");
            Object before = Files.getLastModifiedTime(published);
            for (int round = 0; round < ROUNDS; round++) {
                sync.add(distribution.sync(site, baseDir, catalog));
                find.add(Measurement.of(
                        new ProcessBuilder("find", baseDir.toString(), "-name", "job", "-exec", "cat", "{}", "+")
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .redirectError(ProcessBuilder.Redirect.INHERIT)));
            }
            if (!before.equals(Files.getLastModifiedTime(published))) {
                throw new IOException("a sync that had nothing to do published something: not what was to be measured");
            }
        }
        out.println(sync.row());
        out.println(find.row());
        double ratio = sync.median() / find.median();
        out.printf(Locale.ROOT, "  ratio %.2f (aim: at most %.1f)%n", ratio, AIM);
        out.printf("  peak memory of sync %d MiB (aim: at most %d)%n", sync.peakMebibytes(), MEMORY_AIM);
    }
}
