package dev.baculasync.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** The program behind {@code run.sh}, which says how it is used. */
public final class Benchmarks {
    private static final String NOTHING_TO_DO = "nothing-to-do";
    private static final String FIRST_SYNC = "first-sync";
    private static final String CHANGING_RUN = "changing-run";
    private static final String KNOWN_JOBS = "known-jobs";
    private static final String REMOVAL = "removal";
    private static final String MANY_JOBS = "many-jobs";

    private Benchmarks() {}

    /**
     * Measures and prints.
     *
     * @param arguments the program to measure, a folder to work in, VMs of an instance, instances, and the names of the
     *     measurements to make
     */
    public static void main(String[] arguments) throws IOException, InterruptedException, SQLException {
        Distribution distribution = new Distribution(Path.of(arguments[0]));
        Path folder = Path.of(arguments[1]);
        int vms = Integer.parseInt(arguments[2]);
        int instances = Integer.parseInt(arguments[3]);
        Set<String> wanted = Set.copyOf(List.of(arguments).subList(4, arguments.length));
        PrintStream out = System.out;
        out.printf(
                "%d core(s), %s, %s %s, Java %s%n",
                Runtime.getRuntime().availableProcessors(),
                Files.getFileStore(folder).type(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.version"));
        if (wanted.contains(FIRST_SYNC)) {
            new FirstSync(distribution, out).run(folder.resolve(FIRST_SYNC), vms);
        }
        if (wanted.contains(CHANGING_RUN)) {
            String home = System.getProperty("bacula.home", "");
            if (home.isEmpty()) {
                throw new IOException(
                        CHANGING_RUN + " needs a real Bacula: set -Dbacula.home to its unpacked packages");
            }
            new ChangingRun(out).run(Path.of(home).toAbsolutePath(), folder.resolve(CHANGING_RUN));
        }
        if (wanted.contains(KNOWN_JOBS)) {
            new KnownJobs(out).run();
        }
        if (wanted.contains(REMOVAL)) {
            new Removal(out).run();
        }
        if (wanted.contains(MANY_JOBS)) {
            new ManyJobs(out).run();
        }
        if (wanted.contains(NOTHING_TO_DO)) {
            new NothingToDo(distribution, out).run(folder.resolve(NOTHING_TO_DO), instances, vms);
        }
    }
}
