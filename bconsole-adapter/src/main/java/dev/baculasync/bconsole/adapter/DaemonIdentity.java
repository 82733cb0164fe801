package dev.baculasync.bconsole.adapter;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which File Daemon answers, as far as it can be told from another one under the same name. After {@code .api 2}, the
 * answer of {@code .status client=C header} has its process id and its start to the second. Debian's 9.6.7 answers
 * {@code header:}, then {@code name=}, {@code version=}, {@code uname=}, {@code started_epoch=1795821429},
 * {@code started=2026-11-27 23:17:09}, {@code pid=8714}, {@code jobs_run=} and some more; 15.0.0 the same, with empty lines
 * between. With a daemon that is down 9.6.7 says {@code Failed to connect to Client C.} there as elsewhere; that the
 * command is refused, or the client unknown, it says only after the echo of {@code quit}. What {@code status client=C}
 * says is to the minute only.
 *
 * @param kind how it is known
 * @param process its process and start: equal for the same daemon, and for no other one
 * @param jobsRun how many jobs it has run since it was started; -1 when it does not say
 * @param doubt why a daemon started later may be equal; empty when none can be
 */
record DaemonIdentity(Kind kind, String process, long jobsRun, String doubt) {
    /** How a daemon is known; two that are known in different ways cannot be compared. */
    enum Kind {
        EPOCH_AND_PID,
        START_AND_PID,
        START_TO_THE_MINUTE
    }

    private static final String IN_SECONDS = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
    private static final String ADVICE = "; allow .status in the CommandACL of the Console that BCONSOLE_CONF names: it"
            + " tells the start to the second";

    private static final DateTimeFormatter TO_THE_MINUTE = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("d-MMM-[uuuu][uu] HH:mm")
            .toFormatter(Locale.ENGLISH);

    /** From the answer of {@code .status client=C header}; empty when it lacks the process id or the second. */
    static Optional<DaemonIdentity> inHeader(List<String> answer) {
        if (answer.stream().anyMatch(DaemonIdentity::isOfAnother)) {
            return Optional.empty();
        }
        Map<String, String> pairs = new HashMap<>();
        for (String line : answer) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                pairs.putIfAbsent(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        String pid = pairs.getOrDefault("pid", "");
        String epoch = pairs.getOrDefault("started_epoch", "");
        String started = pairs.getOrDefault("started", "");
        if (!isPositive(pid)) {
            return Optional.empty();
        }
        String run = pairs.getOrDefault("jobs_run", "");
        long jobsRun = run.matches("\\d{1,18}") ? Long.parseLong(run) : -1;
        if (isPositive(epoch)) {
            return Optional.of(new DaemonIdentity(Kind.EPOCH_AND_PID, epoch + " " + pid, jobsRun, ""));
        }
        return started.matches(IN_SECONDS)
                ? Optional.of(new DaemonIdentity(Kind.START_AND_PID, started + " " + pid, jobsRun, ""))
                : Optional.empty();
    }

    /**
     * From the answer of {@code status client=C}; empty when it does not identify a daemon, or not that client's: a Director
     * that does not find a client, or may not show it, takes the only other one by itself.
     */
    static Optional<DaemonIdentity> toTheMinute(String client, List<String> answer) {
        String connecting = "Connecting to Client " + client + " at ";
        if (answer.stream().anyMatch(DaemonIdentity::isOfAnother)
                || answer.stream().noneMatch(line -> line.strip().startsWith(connecting))) {
            return Optional.empty();
        }
        return DaemonStatus.in(answer).map(DaemonIdentity::of);
    }

    private static boolean isOfAnother(String line) {
        return line.strip().startsWith("Error:") || line.contains("Automatically selected");
    }

    private static DaemonIdentity of(DaemonStatus status) {
        return new DaemonIdentity(
                Kind.START_TO_THE_MINUTE, status.version() + " " + status.started(), status.jobsRun(), doubt(status));
    }

    /** Why it is not proven that this one, before a list, and another one, after it, are the same; empty when it is. */
    Optional<String> differenceTo(DaemonIdentity later) {
        if (kind != later.kind) {
            return Optional.of("how its File Daemon tells when it was started changed while it listed VMs, so it may be"
                    + " another one and the list may be short; the next run asks again");
        }
        if (!process.equals(later.process) || later.jobsRun < jobsRun) {
            return Optional.of(
                    "its File Daemon was restarted while it listed VMs, so the list may be short; look at its"
                            + " log if this comes again");
        }
        return doubt.isEmpty() ? Optional.of(later.doubt).filter(text -> !text.isEmpty()) : Optional.of(doubt);
    }

    /** A daemon that is started again within the minute says the same as before. */
    private static String doubt(DaemonStatus status) {
        String started = "its File Daemon tells its start to the minute only (" + Excerpt.of(status.started()) + ")";
        Duration age;
        try {
            age = Duration.between(
                    LocalDateTime.parse(status.started(), TO_THE_MINUTE),
                    LocalDateTime.parse(status.now(), TO_THE_MINUTE));
        } catch (DateTimeException e) {
            return started + " and not what time it is, so it may have been restarted and the list may be short"
                    + ADVICE;
        }
        return age.toMinutes() < 2
                ? started + ", which is too recent to tell a restart, so the list may be short" + ADVICE
                : "";
    }

    private static boolean isPositive(String number) {
        return number.matches("[1-9]\\d{0,17}");
    }
}
