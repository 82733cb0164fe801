package dev.baculasync.bconsole.adapter;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code .status dir header}, {@code status dir} and {@code status client=…} say about the daemon's identity. The times are compared as text:
 * their format depends on the daemon's version.
 *
 * @param version the line with the daemon's name and version
 * @param started when it was started, to the minute
 * @param reloaded when it last read its configuration, to the second; empty for a File Daemon
 * @param jobsRun how many jobs it has run since it was started; -1 when it does not say
 * @param now what its own clock says, to the minute: when the Director connected to ask; empty when it does not say
 */
record DaemonStatus(String version, String started, String reloaded, long jobsRun, String now) {
    private static final Pattern CONNECTED = Pattern.compile("Director connected (?:using TLS )?at: (.+)");

    private static final Pattern STARTED =
            Pattern.compile("Daemon started (?<started>.+?)(?:, conf reloaded (?<reloaded>.+?))?(?:\\.? *Jobs:.*)?");
    private static final Pattern JOBS_RUN = Pattern.compile("\\bJobs: run=(\\d{1,3}(?:,\\d{3})+|\\d{1,18})");

    /** Reads an answer; empty when it does not identify a daemon. */
    static Optional<DaemonStatus> in(List<String> answer) {
        String version = "";
        Matcher start = null;
        long jobsRun = -1;
        String now = "";
        for (String raw : answer) {
            String line = raw.strip();
            if (start == null && line.contains(" Version: ")) {
                version = line;
            }
            if (start == null) {
                Matcher matcher = STARTED.matcher(line);
                start = matcher.matches() ? matcher : null;
            }
            if (start != null && jobsRun < 0) {
                Matcher jobs = JOBS_RUN.matcher(line);
                jobsRun = jobs.find() ? Long.parseLong(jobs.group(1).replace(",", "")) : -1;
            }
            Matcher connected = CONNECTED.matcher(line);
            if (connected.matches()) {
                // Earlier connections that are still open come first.
                now = connected.group(1);
            }
        }
        return start == null || version.isEmpty() ? Optional.empty() : Optional.of(of(version, start, jobsRun, now));
    }

    private static DaemonStatus of(String version, Matcher start, long jobsRun, String now) {
        String reloaded = start.group("reloaded");
        return new DaemonStatus(
                version, start.group("started").strip(), reloaded == null ? "" : reloaded, jobsRun, now);
    }
}
