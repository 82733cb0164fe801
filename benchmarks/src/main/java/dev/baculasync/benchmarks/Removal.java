package dev.baculasync.benchmarks;

import dev.baculasync.catalog.jdbc.TestCatalog;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Removing a job from the catalog, against the bare DELETE statements. */
final class Removal {
    private static final int ROUNDS = 3;
    private static final double AIM = 2;
    private static final int RUNS = 1000;
    private static final int FILES_EACH = 1000;

    private final PrintStream out;

    Removal(PrintStream out) {
        this.out = out;
    }

    void run() throws IOException, InterruptedException {
        out.printf("%nRemoval: a job of %d runs x %d files, %d rounds%n", RUNS, FILES_EACH, ROUNDS);
        Series remove = new Series("remove");
        Series bare = new Series("bare DELETE statements, one transaction");
        Series small = new Series("remove, a tenth of the files");
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            int client = catalog.addClient("os1-fd");
            fill(catalog, client, "other", FILES_EACH);
            fill(catalog, client, RemovalProgram.JOB, FILES_EACH / 10);
            small.add(program(catalog, RemovalProgram.PRODUCT));
            for (int round = 0; round < ROUNDS; round++) {
                fill(catalog, client, RemovalProgram.JOB, FILES_EACH);
                remove.add(program(catalog, RemovalProgram.PRODUCT));
                fill(catalog, client, RemovalProgram.JOB, FILES_EACH);
                bare.add(program(catalog, RemovalProgram.BARE));
            }
        }
        out.println(remove.row());
        out.println(bare.row());
        out.println(small.row());
        out.printf(Locale.ROOT, "  ratio %.2f (aim: at most %.1f)%n", remove.median() / bare.median(), AIM);
        out.printf(
                "  peak memory of remove %d MiB, of a tenth of the files %d MiB, of the bare statements %d MiB%n",
                remove.peakMebibytes(), small.peakMebibytes(), bare.peakMebibytes());
    }

    /** Runs of a job with all that comes with them, on volumes that two runs share. */
    private static void fill(TestCatalog catalog, int client, String job, int files) {
        catalog.execute("INSERT INTO fileset (fileset, md5, createtime) VALUES ('fs-" + job + "', 'x', now())");
        catalog.execute("INSERT INTO job (job, name, type, level, jobstatus, clientid, poolid, filesetid, jobbytes)"
                + " SELECT '" + job + ".' || n, '" + job + "', 'B', 'I', 'T', " + client
                + ", 1, (SELECT max(filesetid) FROM fileset), 1000000 FROM generate_series(1, " + RUNS + ") n");
        String runs = " FROM (SELECT jobid FROM job WHERE name = '" + job + "' ORDER BY jobid) j";
        catalog.execute("INSERT INTO media (volumename, mediatype, volstatus, enabled, poolid)"
                + " SELECT 'Vol-' || jobid, 'File', 'Full', 1, 1" + runs + " WHERE jobid % 2 = 0");
        catalog.execute("INSERT INTO jobmedia (jobid, mediaid) SELECT j.jobid, m.mediaid" + runs
                + " JOIN media m ON m.volumename = 'Vol-' || (j.jobid / 2 * 2)");
        catalog.execute("INSERT INTO log (jobid, logtext) SELECT jobid, 'a line of a job''s log, number ' || n" + runs
                + ", generate_series(1, 20) n");
        catalog.execute("INSERT INTO file (fileindex, jobid, pathid, filename, deltaseq, markid, lstat, md5)"
                + " SELECT n, jobid, n % 100, n || '-volume.bvmdk', 0, 0,"
                + " 'P0A BqvF IGg B A A A 4E BAA I BmR1uo BmR1uo BmR1uo A A C', 'wcFeBDV9ibM1VCGLZ5FW3A'"
                + runs + ", generate_series(1, " + files + ") n");
        catalog.execute("VACUUM ANALYZE");
        catalog.execute("CHECKPOINT");
    }

    /** In a JVM of its own, which says itself how long the statements took. */
    private static Measurement program(TestCatalog catalog, String what) throws IOException, InterruptedException {
        Path output = Files.createTempFile("removal", ".out");
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RemovalProgram.class.getName(),
                        what)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        command.environment().putAll(catalog.settings());
        Measurement whole = Measurement.of(command);
        return new Measurement(Double.parseDouble(Files.readString(output).strip()), whole.peakMebibytes());
    }
}
