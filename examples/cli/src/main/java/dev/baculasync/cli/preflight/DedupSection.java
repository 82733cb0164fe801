package dev.baculasync.cli.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Deduplication: whether the Director takes what FileSets say, and the manual's checklist as far as this host shows it. */
final class DedupSection implements Section {
    private static final String ALGORITHM = "DEDUP_ALGO";
    private static final int FIRST_WITH_DEDUP = 11;
    private static final Set<String> COMMUNITY = Set.of("storage", "bothsides");
    private static final int INDEX_MODE = 0750;

    private final Installation installation;
    private final KnownDirector director;

    DedupSection(Installation installation, KnownDirector director) {
        this.installation = installation;
        this.director = director;
    }

    @Override
    public String name() {
        return "Deduplication";
    }

    @Override
    public void check(Findings findings) {
        if (!installation.problemsOf(ALGORITHM).isEmpty()) {
            findings.fail(
                    ALGORITHM,
                    "not checked: " + installation.problemsOf(ALGORITHM).get(0),
                    "see Runtime config");
            return;
        }
        String algorithm = installation.policy().dedup();
        if (algorithm == null) {
            findings.ok(ALGORITHM, "none: FileSets say nothing of deduplication");
            return;
        }
        algorithm(findings, algorithm);
        fileDaemon(findings);
        findings.warn(
                "other hosts",
                "not seen from here",
                "on each proxy: DedupIndexDirectory in bacula-fd.conf, the directory owned by "
                        + installation.places().owner()
                        + " with mode 750, the File Daemon restarted since; on the Storage Daemon's host:"
                        + " bacula-enterprise-dedup-sd installed, the Storage Daemon restarted since");
    }

    private void algorithm(Findings findings, String algorithm) {
        if (director.obstacle().isPresent()) {
            findings.fail(ALGORITHM, "not checked because the Director cannot be asked", "see bconsole");
            return;
        }
        DirectorVersion version = director.version();
        Optional<Integer> major = version.major();
        if (major.isEmpty()) {
            findings.warn(
                    ALGORITHM,
                    algorithm + "; the Director does not say which version it is",
                    "look whether its FileSets know dedup = " + algorithm);
        } else if (version.isCommunity() && major.get() < FIRST_WITH_DEDUP) {
            refused(findings, algorithm, version, "knows no dedup", "set DEDUP_ALGO=none");
        } else if (version.isCommunity() && !COMMUNITY.contains(algorithm.toLowerCase(Locale.ROOT))) {
            refused(
                    findings,
                    algorithm,
                    version,
                    "knows Storage, BothSides and None only",
                    "set DEDUP_ALGO=none, Storage or BothSides");
        } else {
            findings.ok(ALGORITHM, algorithm);
        }
    }

    private static void refused(
            Findings findings, String algorithm, DirectorVersion version, String knows, String advice) {
        findings.fail(
                ALGORITHM,
                "dedup = " + algorithm + " is an error of the whole configuration: this Director (" + version.text()
                        + ") " + knows,
                advice);
    }

    private void fileDaemon(Findings findings) {
        String check = "DedupIndexDirectory";
        Optional<Path> file = installation.places().find("bacula-fd.conf");
        if (file.isEmpty()) {
            // This host is no proxy then.
            return;
        }
        Optional<String> directory;
        try {
            directory = BaculaFile.read(file.get()).value(check);
        } catch (IOException e) {
            findings.warn(
                    check,
                    file.get() + " cannot be read by " + installation.user(),
                    "look that it sets DedupIndexDirectory");
            return;
        }
        if (directory.isEmpty()) {
            findings.warn(
                    check,
                    "not set in " + file.get() + ": jobs of this host are not deduplicated, and nothing says so",
                    "set it, make the directory, and restart the File Daemon; if this host is no proxy, never mind");
            return;
        }
        index(findings, check, directory.get());
    }

    private void index(Findings findings, String check, String directory) {
        String owner = installation.places().owner();
        String advice = "mkdir -p " + directory + "; chown " + owner + ":" + owner + " " + directory + "; chmod 750 "
                + directory + "; then restart the File Daemon";
        Path path;
        try {
            path = Path.of(directory);
        } catch (InvalidPathException e) {
            findings.fail(check, "it is not a path: " + e.getReason(), advice);
            return;
        }
        if (!Files.isDirectory(path)) {
            findings.fail(
                    check,
                    "there is no directory " + path + ", or it cannot be seen by " + installation.user(),
                    advice);
            return;
        }
        Optional<Access> access = Access.of(path);
        if (access.isEmpty()) {
            findings.warn(check, path + ": its owner and mode cannot be seen", advice);
        } else if (access.get().owner().equals(owner) && access.get().bits() == INDEX_MODE) {
            findings.ok(check, path.toString());
        } else {
            findings.fail(
                    check,
                    path + " belongs to " + access.get().owner() + " and has mode "
                            + access.get().mode() + ", but must belong to " + owner + " and have mode 750",
                    advice);
        }
    }
}
