package dev.baculasync.integration.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program that is run to its end, with nothing but the given environment. */
public record Command(List<String> words, Map<String, String> environment) {
    private static final long LONGEST_SECONDS = 240;
    private static final int MOST_STARTS = 250;

    public Command(String... words) {
        this(List.of(words), Map.of());
    }

    public Command with(Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(variables);
        return new Command(words, all);
    }

    /** What a program printed and how it ended. */
    public record Result(int exitCode, String out, String err) {}

    /** A script that was just written is busy as long as a process that another test started holds it open. */
    private static Process start(ProcessBuilder builder) throws IOException {
        for (int times = 1; ; times++) {
            try {
                return builder.start();
            } catch (IOException e) {
                if (times == MOST_STARTS || !String.valueOf(e.getMessage()).contains("Text file busy")) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    public Result run() throws IOException, InterruptedException {
        Path out = Files.createTempFile("command", ".out");
        Path err = Files.createTempFile("command", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(Path.of("/").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = start(builder);
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(words + " does not end");
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
