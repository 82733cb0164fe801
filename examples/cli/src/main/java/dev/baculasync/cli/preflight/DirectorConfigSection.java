package dev.baculasync.cli.preflight;

import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.StoredVm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The Director's configuration: that it holds, that it leads to our files, and that the Director has loaded them. */
final class DirectorConfigSection implements Section {
    private static final String INCLUDE = "include line";
    private static final int NAMED = 3;

    private final Installation installation;
    private final KnownDirector director;
    private final Path baseDir;

    DirectorConfigSection(Installation installation, KnownDirector director) {
        this.installation = installation;
        this.director = director;
        this.baseDir = installation.baseDir().toAbsolutePath().normalize();
    }

    @Override
    public String name() {
        return "Director configuration";
    }

    @Override
    public void check(Findings findings) {
        configurationCheck(findings);
        include(findings);
        loadedJobs(findings);
    }

    private void configurationCheck(Findings findings) {
        String check = "DIRECTOR_CHECK";
        List<String> wrong = installation.problemsOf(check);
        if (!wrong.isEmpty()) {
            findings.fail(check, "not run because of " + wrong.get(0), "see Runtime config");
            return;
        }
        ConfigCheck result = installation.director().checkConfiguration();
        switch (result.kind()) {
            case ACCEPTED -> findings.ok(check, "the configuration on disk is accepted");
            case REFUSED ->
                findings.fail(
                        check,
                        "the configuration on disk is refused: " + result.message(),
                        "mend it before anybody reloads or restarts the Director");
            case NOT_SET_UP ->
                findings.warn(
                        check,
                        "unset: nothing is checked before a reload, and a Director 9.6 dies of a wrong configuration",
                        "set it to e.g. /opt/bacula/bin/bacula-dir -t -c /opt/bacula/etc/bacula-dir.conf");
        }
    }

    private void include(Findings findings) {
        String line = "@\"" + baseDir.resolve(IncludeLines.DIRECTOR_CONF) + "\"";
        Optional<DirectorFile> file = DirectorFile.of(installation);
        if (file.isEmpty() || file.get().main().isEmpty()) {
            findings.warn(
                    INCLUDE,
                    "not checked: "
                            + file.map(there -> there.path() + " cannot be read by " + installation.user())
                                    .orElse("this host has none of " + DirectorFile.searched(installation)),
                    "look that the Director's configuration holds the line " + line);
            return;
        }
        IncludeLines lines = IncludeLines.of(file.get().includes(), baseDir);
        String replace = "replace it by the line " + line;
        if (lines.lists()) {
            if (Files.exists(baseDir.resolve(IncludeLines.DIRECTOR_CONF))) {
                findings.ok(INCLUDE, line + " in " + file.get().path());
            } else {
                findings.fail(
                        INCLUDE,
                        line + " is there, but the file is not: the Director cannot start",
                        "touch it, or run sync");
            }
            for (String command : lines.ours()) {
                findings.fail(
                        INCLUDE,
                        "@" + command + " includes the same files once more: every job is defined twice",
                        "take that line out");
            }
            return;
        }
        lines.slow()
                .forEach(command -> findings.warn(
                        INCLUDE,
                        "@" + command + " starts a process for each file, twice: 71 s for 10,000 jobs, against 0.16 s"
                                + " from one file; and " + weakness(command),
                        replace));
        lines.commands().forEach(command -> findings.warn(INCLUDE, "@" + command + ": " + weakness(command), replace));
        if (lines.ours().isEmpty()) {
            none(findings, file.get(), lines, line);
        }
    }

    private static void none(Findings findings, DirectorFile file, IncludeLines lines, String line) {
        String advice =
                "add the line " + line + " to " + file.path() + ", and touch that file first if it is not there";
        if (!lines.unknown().isEmpty()) {
            findings.warn(
                    INCLUDE,
                    "no line names BASE_DIR; whether @" + lines.unknown().get(0) + " leads there cannot be told",
                    advice);
        } else if (!file.unreadable().isEmpty()) {
            findings.warn(
                    INCLUDE,
                    "no line names BASE_DIR in what can be read; "
                            + file.unreadable().get(0) + " cannot",
                    advice);
        } else {
            findings.fail(INCLUDE, "no line of " + file.path() + " leads to BASE_DIR: no job would ever run", advice);
        }
    }

    private static String weakness(String command) {
        return command.startsWith("|\"")
                ? "when it fails, all jobs are gone without a word"
                : "without quotes, a Director reads it to its first blank only";
    }

    private void loadedJobs(Findings findings) {
        String check = "loaded jobs";
        StoredInstance stored;
        try (StoreSession session = installation.store().open(ConfigStore.Access.READ)) {
            stored = session.readAll();
        } catch (ProviderException e) {
            findings.fail(check, e, "see BASE_DIR");
            return;
        }
        List<String> unreadable = stored.problems().stream()
                .filter(problem -> problem.kind() == StoreProblem.Kind.UNREADABLE)
                .map(StoreProblem::reason)
                .toList();
        if (!unreadable.isEmpty()) {
            findings.warn(
                    "job files",
                    unreadable.size() + " cannot be read: " + some(unreadable),
                    "mend them: their VMs are quarantined until then; status names them all");
        }
        if (director.obstacle().isPresent()) {
            findings.fail(check, "not checked because the Director cannot be asked", "see bconsole");
            return;
        }
        Set<String> loaded;
        try {
            loaded = installation.director().jobNames();
        } catch (ProviderException e) {
            findings.fail(check, e, "see bconsole");
            return;
        }
        compare(findings, check, stored.vms().stream().map(StoredVm::job).collect(Collectors.toSet()), loaded);
    }

    private void compare(Findings findings, String check, Set<String> onDisk, Set<String> loaded) {
        Set<String> notLoaded = new TreeSet<>(onDisk);
        notLoaded.removeAll(loaded);
        Set<String> notOnDisk = new TreeSet<>(loaded);
        notOnDisk.removeIf(job -> onDisk.contains(job)
                || installation.instances().stream()
                        .map(OpenStackInstance::jobPrefix)
                        .noneMatch(job::startsWith));
        if (!notLoaded.isEmpty()) {
            findings.warn(
                    check,
                    notLoaded.size() + " of " + onDisk.size() + " jobs on disk are not loaded: " + some(notLoaded),
                    "reload the Director; if that does not help, look at the include line and at the JobACL");
        }
        if (!notOnDisk.isEmpty()) {
            findings.warn(
                    check,
                    notOnDisk.size() + " loaded jobs of these prefixes have no file: " + some(notOnDisk),
                    "look where they are defined: without a file they are gone at the next reload");
        }
        if (notLoaded.isEmpty() && notOnDisk.isEmpty()) {
            findings.ok(check, "the Director has all " + onDisk.size() + " jobs that are on disk");
        }
    }

    private static String some(Collection<String> names) {
        return names.stream().limit(NAMED).collect(Collectors.joining(", ")) + (names.size() > NAMED ? ", …" : "");
    }
}
