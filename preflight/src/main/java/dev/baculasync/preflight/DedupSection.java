package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.ConsoleProbe.FileDaemon;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Deduplication: whether the Director takes what FileSets say, and the manual's checklist, point by point, as far as this
 * host shows it. A step that lacks on any host costs its jobs their deduplication, and nothing else says so.
 */
final class DedupSection implements Section {
    private static final String ALGORITHM = "DEDUP_ALGO";

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
        DedupHost here = new DedupHost(installation);
        boolean proxy = here.fileDaemon(findings);
        proxies(findings, proxy);
        if (!here.storageDaemon(findings)) {
            findings.warn(
                    "Storage Daemon",
                    "not seen from here: this host has no bacula-sd.conf"
                            + address()
                                    .map(host -> ", and the Director looks for it on " + host)
                                    .orElse(""),
                    "look on the Storage Daemon's host: bacula-enterprise-dedup-sd is installed, and the Storage Daemon"
                            + " was restarted since");
        }
    }

    private void algorithm(Findings findings, String algorithm) {
        if (director.obstacle().isPresent()) {
            findings.fail(ALGORITHM, "not checked because the Director cannot be asked", "see bconsole");
            return;
        }
        DirectorVersion version = director.version();
        Set<String> known = version.dedup().orElse(Set.of());
        if (version.major().isEmpty()) {
            findings.warn(
                    ALGORITHM,
                    algorithm + "; the Director does not say which version it is",
                    "look whether its FileSets know dedup = " + algorithm);
        } else if (version.dedup().isPresent() && known.isEmpty()) {
            refused(findings, algorithm, version, "knows no dedup", "set DEDUP_ALGO=none");
        } else if (version.dedup().isPresent() && !known.contains(algorithm.toLowerCase(Locale.ROOT))) {
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

    /**
     * The File Daemons of the proxies, as they answer the Director.
     *
     * @param here whether there is a File Daemon on this host: then it may be one of them
     */
    private void proxies(Findings findings, boolean here) {
        List<String> seen = new ArrayList<>();
        daemons().forEach((client, answer) -> {
            Optional<FileDaemon> daemon = answer.join();
            if (daemon.map(FileDaemon::version)
                    .map(DirectorVersion::new)
                    .filter(DirectorVersion::isCommunity)
                    .isPresent()) {
                findings.warn(
                        "proxy " + client,
                        daemon.get().version() + " is no Bacula Enterprise: it deduplicates nothing",
                        "install the Enterprise File Daemon on its host, or set DEDUP_ALGO=none");
            } else {
                seen.add(client
                        + daemon.map(answers -> " (started " + answers.started() + ")")
                                .orElse(" (no answer)"));
            }
        });
        if (!seen.isEmpty()) {
            findings.warn(
                    "proxies",
                    "not seen from here: the configuration of " + String.join(", ", seen),
                    "look on each of their hosts" + (here ? ", unless that is this one" : "")
                            + ": DedupIndexDirectory is set in bacula-fd.conf, that directory belongs to "
                            + installation.places().owner()
                            + " and has mode 750, and the File Daemon was started after that");
        }
    }

    private Map<String, CompletableFuture<Optional<FileDaemon>>> daemons() {
        Map<String, CompletableFuture<Optional<FileDaemon>>> asked = new LinkedHashMap<>();
        boolean askable = director.obstacle().isEmpty();
        for (OpenStackInstance instance : installation.instances()) {
            asked.put(
                    instance.client(),
                    CompletableFuture.supplyAsync(
                            () -> askable ? fileDaemon(instance.client()) : Optional.empty(), installation.executor()));
        }
        return asked;
    }

    private Optional<FileDaemon> fileDaemon(String client) {
        try {
            return installation.console().fileDaemon(client);
        } catch (ProviderException e) {
            // Why is told by the section that asks it for its VMs.
            return Optional.empty();
        }
    }

    /** Where the Director says that the Storage of our jobs is. */
    private Optional<String> address() {
        return director.configuration()
                .flatMap(files -> files.content()
                        .value("Storage", installation.policy().storage(), "Address")
                        .or(() -> files.content()
                                .value("Autochanger", installation.policy().storage(), "Address")));
    }
}
