package dev.baculasync.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;

/** The first sync of an instance, against a loop that writes the same files and does nothing else. */
final class FirstSync {
    private static final int ROUNDS = 3;
    private static final double AIM = 1.5;

    private final Distribution distribution;
    private final PrintStream out;

    FirstSync(Distribution distribution, PrintStream out) {
        this.distribution = distribution;
        this.out = out;
    }

    void run(Path folder, int vms) throws IOException, InterruptedException, SQLException {
        out.printf("%nFirst sync: 1 instance x %d VMs, %d rounds%n", vms, ROUNDS);
        Site site = Site.create(folder, 1, vms);
        Series sync = new Series("sync");
        Series bare = new Series("bare loop, same files, each forced");
        try (Catalog catalog = Catalog.start(site)) {
            for (int round = 0; round < ROUNDS; round++) {
                Path baseDir = site.baseDir("base" + round);
                settle();
                sync.add(distribution.sync(site, baseDir, catalog));
                settle();
                bare.add(bareLoop(baseDir.resolve("dc00/os1"), folder.resolve("bare" + round)));
            }
        }
        out.println(sync.row());
        out.println(bare.row());
        out.printf(Locale.ROOT, "  ratio %.2f (aim: at most %.1f)%n", sync.median() / bare.median(), AIM);
        out.printf("  peak memory of sync %d MiB%n", sync.peakMebibytes());
    }

    /** Nothing that was written before is left for others to pay. */
    private static void settle() throws IOException, InterruptedException {
        Measurement.of(new ProcessBuilder("sync").inheritIO());
    }

    /** In a JVM of its own, which says itself how long the writing took. */
    private static Measurement bareLoop(Path from, Path to) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bare", ".out");
        Measurement whole = Measurement.of(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareLoop.class.getName(),
                        from.toString(),
                        to.toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT));
        return new Measurement(Double.parseDouble(Files.readString(output).strip()), whole.peakMebibytes());
    }
}
