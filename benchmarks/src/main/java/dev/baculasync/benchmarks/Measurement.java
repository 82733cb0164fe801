package dev.baculasync.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One process from start to end.
 *
 * @param seconds wall time
 * @param peakMebibytes the most memory it was resident with, without its children
 */
record Measurement(double seconds, long peakMebibytes) {
    private static final long POLL_MILLIS = 10;

    /**
     * Runs a process and watches it.
     *
     * @throws IOException when it does not end with exit status 0
     */
    static Measurement of(ProcessBuilder command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = command.start();
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        long peakKibibytes = 0;
        // The kernel keeps the peak itself, so that only what grows in the last moment can be missed.
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            peakKibibytes = Math.max(peakKibibytes, peakIn(status));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(
                    String.join(" ", command.command()) + " ended with exit status " + process.exitValue());
        }
        return new Measurement(seconds, peakKibibytes / 1024);
    }

    private static long peakIn(Path status) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            // It has just ended.
        }
        return 0;
    }
}
