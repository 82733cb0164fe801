package dev.baculasync.integration.quiesce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs, or ran, with files for its output: what it leaves running cannot keep us waiting. */
final class Run {
    private final List<String> command;
    private final Process process;
    private final Path output;

    private Run(List<String> command, Process process, Path output) {
        this.command = command;
        this.process = process;
        this.output = output;
    }

    static Run start(Path folder, Map<String, String> environment, List<String> command) throws IOException {
        return start(folder, environment, command, "");
    }

    static Run start(Path folder, Map<String, String> environment, List<String> command, String input)
            throws IOException {
        Path in = Files.writeString(Files.createTempFile(folder, "input", ""), input);
        Path out = Files.createTempFile(folder, "output", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        return new Run(command, builder.start(), out);
    }

    Process process() {
        return process;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end. */
    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end: " + text());
        }
        return process.exitValue();
    }

    /** What it has printed so far, on standard output and standard error. */
    String text() throws IOException {
        return Files.readString(output);
    }

    /** Waits for its end, which must be a good one, and gives its output. */
    String orFail() throws IOException, InterruptedException {
        if (exitCode() != 0) {
            throw new AssertionError(command + " ended with " + exitCode() + ": " + text());
        }
        return text();
    }
}
