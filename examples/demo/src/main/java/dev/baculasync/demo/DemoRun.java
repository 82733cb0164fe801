package dev.baculasync.demo;

import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.filestore.FileStoreProvider;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Settings;
import dev.baculasync.spi.StoreSession;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The whole demo: a world, the product in it, a hundred and twenty evenings, and what came of them. */
final class DemoRun {
    private static final int GRACE_DAYS = 14;

    private final PrintStream out;
    private final Map<String, String> environment;

    DemoRun(PrintStream out, Map<String, String> environment) {
        this.out = out;
        this.environment = environment;
    }

    /**
     * @param outcomes how often each outcome came
     * @param violations what was not as promised
     */
    record Result(Map<Outcome, Integer> outcomes, List<String> violations) {}

    Result run(Path folder) throws IOException, InterruptedException, SQLException {
        DemoTree tree = DemoTree.prepare(folder);
        try (EmbeddedCatalog catalog = EmbeddedCatalog.start(FleetScript.INSTANCES)) {
            return run(tree, catalog);
        }
    }

    private Result run(DemoTree tree, EmbeddedCatalog catalog) throws IOException, InterruptedException, SQLException {
        DemoClock clock = new DemoClock();
        SimulatedOpenStack cloud = new SimulatedOpenStack();
        SimulatedDirector director = new SimulatedDirector(tree.directorConf(), FleetScript.INSTANCES);
        ConfigStore store = store(tree);
        SyncEngine engine = SyncEngine.builder()
                .inventory(cloud)
                .catalog(catalog.backupCatalog())
                .store(store)
                .director(director)
                .clock(clock)
                .policy(SyncPolicy.builder()
                        .grace(Duration.ofDays(GRACE_DAYS))
                        .maxDisableMin(3)
                        // Community Directors know no dedup directive.
                        .dedup(null)
                        .build())
                .reloadAfterSync(true)
                .build();

        FleetScript script = new FleetScript(cloud, tree.baseDir());
        FleetAudit audit = new FleetAudit(cloud, director, GRACE_DAYS);
        DayPrinter printer = new DayPrinter(out);
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (int day = 1; day <= FleetScript.DAYS; day++) {
            clock.setDay(day);
            List<String> stories = script.play(day);
            SyncReport report = engine.run(FleetScript.INSTANCES);
            report.instances()
                    .forEach(instance -> instance.vms().forEach(vm -> outcomes.merge(vm.outcome(), 1, Integer::sum)));
            printer.print(day, stories, report);
            audit.checkEvening(day, report);
            Set<UUID> there = there(cloud);
            catalog.recordNight(director.enabledJobs(), job -> there.contains(job.vm()), clock.instant());
            cloud.endDay();
        }
        printer.endDots();

        List<String> violations = new ArrayList<>(audit.violations());
        Map<String, String> before = tree.digests();
        engine.run(FleetScript.INSTANCES);
        if (!before.equals(tree.digests())) {
            violations.add("a second sync on the last evening changed files again");
        }
        FleetSummary summary = new FleetSummary(out);
        try (StoreSession session = store.open(ConfigStore.Access.READ)) {
            summary.printFleet(session.readAll().vms(), cloud, catalog.runs());
        }
        summary.printOutcomes(outcomes);
        audit.checkTree(tree, FleetScript.INSTANCES);
        checkWithRealDirector(tree, catalog).ifPresent(violations::add);
        return new Result(outcomes, violations);
    }

    private static ConfigStore store(DemoTree tree) {
        Settings settings = Settings.of(Map.of("BASE_DIR", tree.baseDir().toString(), "TZ", "UTC"));
        ConfigStore store = new FileStoreProvider().create(settings);
        if (!settings.problems().isEmpty()) {
            throw new IllegalStateException(String.join("; ", settings.problems()));
        }
        return store;
    }

    private static Set<UUID> there(SimulatedOpenStack cloud) {
        Set<UUID> there = new HashSet<>();
        for (OpenStackInstance instance : FleetScript.INSTANCES) {
            cloud.live(instance).stream().map(LiveVm::uuid).forEach(there::add);
        }
        return there;
    }

    /** What a real Director has against the files, if there is one. */
    private Optional<String> checkWithRealDirector(DemoTree tree, EmbeddedCatalog catalog)
            throws IOException, InterruptedException, SQLException {
        Path configuration = DirectorCheck.writeConfiguration(tree, FleetScript.INSTANCES, catalog.port());
        Optional<DirectorCheck> check = DirectorCheck.find(environment);
        out.println();
        if (check.isEmpty()) {
            out.println("No bacula-dir is installed here (looked at BACULA_DIR, PATH, /usr/sbin, /opt/bacula/bin),");
            out.println("so no real Director has read the files.");
            return Optional.empty();
        }
        DirectorCheck.Result result = check.get().check(configuration, catalog);
        if (result.passed()) {
            out.println("A real Director accepts the files: " + check.get().program() + " -t -c " + configuration);
            return Optional.empty();
        }
        return Optional.of(check.get().program() + " -t refuses the files: " + Printable.of(result.told()));
    }
}
