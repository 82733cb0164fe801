package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Director's configuration: that it holds, that it leads to our files, and that the Director has loaded them. */
final class DirectorConfigSection implements Section {
    private static final String LOADED = "loaded jobs";
    private static final int NAMED = 3;
    private static final String EXAMPLE = "/opt/bacula/bin/bacula-dir -t -c /opt/bacula/etc/bacula-dir.conf";
    private static final Pattern DATE = Pattern.compile("^\\d\\d-\\w{3} \\d\\d:\\d\\d ");

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
        Optional<StoredInstance> stored = Optional.empty();
        Optional<ProviderException> unread = Optional.empty();
        try (StoreSession session = installation.store().open(ConfigStore.Access.READ)) {
            stored = Optional.of(session.readAll());
        } catch (ProviderException e) {
            unread = Optional.of(e);
        }
        include(findings, stored.map(StoredInstance::vms).orElse(List.of()));
        if (Files.isDirectory(baseDir) && !BaseDirSection.isOfOthers(baseDir)) {
            new UnlistedFiles(
                            baseDir,
                            director.configuration(),
                            stored.map(StoredInstance::vms).orElse(List.of()))
                    .check(findings);
        }
        new OpenPasswords(installation).check(findings, director.configuration());
        if (unread.isPresent()) {
            findings.fail(LOADED, unread.get(), "see BASE_DIR");
        } else {
            loadedJobs(findings, stored.orElseThrow());
        }
    }

    private void configurationCheck(Findings findings) {
        String check = BconsoleConfig.DIRECTOR_CHECK.name();
        List<String> wrong = installation.problemsOf(check);
        if (!wrong.isEmpty()) {
            findings.fail(check, "not run because of " + wrong.get(0), "see Runtime config");
            return;
        }
        Optional<Path> checked = DirectorFile.checked(installation);
        Optional<Path> running = DirectorFile.running(installation);
        if (checked.isPresent()
                && running.isPresent()
                && !ConfigFiles.real(checked.get()).equals(ConfigFiles.real(running.get()))) {
            findings.fail(
                    check,
                    "it checks " + checked.get() + ", but the Director of this host was started with " + running.get(),
                    "let its -c name the file that the Director reads");
        }
        ConfigCheck result = installation.director().checkConfiguration();
        switch (result.kind()) {
            case ACCEPTED -> findings.ok(check, "the configuration on disk is accepted");
            case REFUSED ->
                findings.fail(
                        check,
                        "the configuration on disk is refused: " + once(result.message()),
                        "mend what this names, the configuration or DIRECTOR_CHECK itself, before anybody reloads or"
                                + " restarts the Director");
            case NOT_SET_UP ->
                findings.warn(
                        check,
                        "unset: nothing is checked before a reload, and a Director 9.6 dies of a wrong configuration",
                        "set it to e.g. " + EXAMPLE);
        }
    }

    /** Bacula says it twice, the second time with the date. */
    private static String once(String message) {
        return Stream.of(message.split("; "))
                .map(part -> DATE.matcher(part).replaceFirst(""))
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private void include(Findings findings, List<ManagedVm> stored) {
        Optional<ConfigFiles> files = director.configuration();
        if (files.isPresent() && files.get().problem().isEmpty()) {
            new IncludeLines(files.get(), baseDir, stored).check(findings);
        } else {
            findings.warn(
                    "include line",
                    "not checked: "
                            + files.flatMap(there -> there.problem().map(why -> there.path() + " " + why))
                                    .orElse("this host has none of " + DirectorFile.searched(installation)),
                    "look that the Director's configuration holds the line " + IncludeLines.lineFor(baseDir)
                            + "; if it is on this host, let " + installation.user() + " read it, and let -c in"
                            + " DIRECTOR_CHECK name it");
        }
    }

    private void loadedJobs(Findings findings, StoredInstance stored) {
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
            findings.fail(LOADED, "not checked because the Director cannot be asked", "see bconsole");
            return;
        }
        Set<String> loaded;
        try {
            loaded = installation.director().jobNames();
        } catch (ProviderException e) {
            findings.fail(LOADED, e, "see bconsole");
            return;
        }
        compare(findings, stored.vms().stream().map(ManagedVm::job).collect(Collectors.toSet()), loaded);
    }

    private void compare(Findings findings, Set<String> onDisk, Set<String> loaded) {
        Set<String> notLoaded = new TreeSet<>(onDisk);
        notLoaded.removeAll(loaded);
        Set<String> notOnDisk = new TreeSet<>(loaded);
        notOnDisk.removeIf(job -> onDisk.contains(job)
                || installation.instances().stream()
                        .map(OpenStackInstance::jobPrefix)
                        .noneMatch(job::startsWith));
        if (!notLoaded.isEmpty()) {
            findings.warn(
                    LOADED,
                    notLoaded.size() + " of " + onDisk.size() + " jobs on disk are not loaded: " + some(notLoaded),
                    "reload the Director; if that does not help, look at the include line and at the JobACL");
        }
        if (!notOnDisk.isEmpty()) {
            // A prefix is no property of ours: others may define such a job, in any file that the Director reads.
            director.configuration().ifPresent(files -> notOnDisk.removeAll(IncludeLines.jobs(files, baseDir)));
        }
        if (!notOnDisk.isEmpty()) {
            Optional<String> blindSpot = director.configuration()
                    .map(ConfigFiles::blindSpot)
                    .orElse(Optional.of("this host has no configuration of the Director"));
            findings.warn(
                    LOADED,
                    notOnDisk.size() + " loaded jobs of these prefixes have no file"
                            + blindSpot
                                    .map(why -> " that can be seen (" + why + ")")
                                    .orElse("") + ": "
                            + some(notOnDisk),
                    "look where they are defined: without a file they are gone at the next reload");
        }
        if (notLoaded.isEmpty() && notOnDisk.isEmpty()) {
            findings.ok(LOADED, "the Director has all " + onDisk.size() + " jobs that are on disk");
        }
    }

    private static String some(Collection<String> names) {
        return names.stream().limit(NAMED).collect(Collectors.joining(", ")) + (names.size() > NAMED ? ", …" : "");
    }
}
