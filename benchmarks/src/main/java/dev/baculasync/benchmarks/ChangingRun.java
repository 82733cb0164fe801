package dev.baculasync.benchmarks;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.catalog.jdbc.TestCatalog;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.ReloadResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a run that changes something asks a real Director, with few jobs and with many: each question in a session of bconsole
 * of its own, and the product's whole reload. How it was asked before whether the configuration was read is measured alike.
 */
final class ChangingRun {
    private static final int ROUNDS = 3;
    private static final int FEW_JOBS = 100;
    private static final int MANY_JOBS = 10_000;

    /** For what was asked before: with all of them it takes ten minutes. */
    private static final int SOME_JOBS = 1_000;

    private static final double AIM = 1.5;
    private static final long NEXT_SECOND_MILLIS = 1_100;

    /** The schema of Debian's 9.6.7. */
    private static final int SCHEMA = 16;

    private static final String HEADER = ".status dir header";
    private static final String BEFORE = "status dir";
    private static final String RELOAD = "reload with both .status";

    /** What is asked, and why its time grows with the jobs; empty where it must not. */
    private static final Map<String, String> QUESTIONS = questions();

    private final PrintStream out;

    ChangingRun(PrintStream out) {
        this.out = out;
    }

    private static Map<String, String> questions() {
        Map<String, String> questions = new LinkedHashMap<>();
        questions.put(HEADER, "");
        questions.put("status dir days=0", "it looks at each job, but at no Schedule");
        questions.put("reload", "the Director reads all files");
        questions.put("show all", "it prints each job with all that belongs to it; asked when a job is to be written");
        questions.put(".jobs", "it prints each job's name; asked after a reload");
        return questions;
    }

    void run(Path home, Path folder) throws IOException, InterruptedException {
        out.printf("%nChanging run: a real Director with %d and %d jobs, %d rounds%n", FEW_JOBS, MANY_JOBS, ROUNDS);
        Files.createDirectories(folder);
        try (TestCatalog catalog = TestCatalog.create(SCHEMA);
                RealDirector director = RealDirector.start(home, folder, catalog)) {
            Map<String, Series> few = measure(director, FEW_JOBS);
            Map<String, Series> many = measure(director, MANY_JOBS);
            many.forEach(
                    (question, series) -> compare(Objects.requireNonNull(few.get(question)), series, told(question)));
            compare(before(director, FEW_JOBS), before(director, SOME_JOBS), "");
        }
    }

    private void compare(Series few, Series many, String told) {
        out.println(few.row());
        out.println(many.row());
        out.printf(Locale.ROOT, "  ratio %.2f%s%n", many.median() / few.median(), told);
    }

    private static String told(String question) {
        if (question.equals(HEADER)) {
            return String.format(Locale.ROOT, " (aim: at most %.1f)", AIM);
        }
        return Optional.ofNullable(QUESTIONS.get(question))
                .map(why -> ": " + why)
                .orElse("");
    }

    private static Director loaded(RealDirector director, int jobs) throws IOException, InterruptedException {
        director.write(jobs);
        director.ask("reload");
        Director product = product(director);
        if (product.jobNames().size() != jobs + 1) {
            throw new IOException("the Director has not loaded " + jobs + " jobs");
        }
        return product;
    }

    private static Series before(RealDirector director, int jobs) throws IOException, InterruptedException {
        loaded(director, jobs);
        Series series = new Series(BEFORE + " (asked before), " + jobs + " jobs");
        series.add(director.ask(BEFORE));
        return series;
    }

    private static Map<String, Series> measure(RealDirector director, int jobs)
            throws IOException, InterruptedException {
        Director product = loaded(director, jobs);
        Map<String, Series> series = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (String question : QUESTIONS.keySet()) {
                series.computeIfAbsent(question, name -> new Series(name + ", " + jobs + " jobs"))
                        .add(director.ask(question));
            }
            series.computeIfAbsent(RELOAD, name -> new Series(name + ", " + jobs + " jobs"))
                    .add(reload(product));
        }
        return series;
    }

    private static Measurement reload(Director product) throws IOException, InterruptedException {
        // The Director tells to the second when it read its configuration; in the second of the last time the product
        // waits.
        Thread.sleep(NEXT_SECOND_MILLIS);
        long start = System.nanoTime();
        ReloadResult result = product.reload();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (result.kind() != ReloadResult.Kind.DONE) {
            throw new IOException("not what was to be measured: " + result);
        }
        return new Measurement(seconds, 0);
    }

    private static Director product(RealDirector director) throws IOException {
        return new BconsoleDirectorProvider()
                .create(new BconsoleConfig(
                        director.bconsole(),
                        director.bconsoleConf(),
                        Duration.ofMinutes(10),
                        1L << 30,
                        director.environment(),
                        null));
    }
}
