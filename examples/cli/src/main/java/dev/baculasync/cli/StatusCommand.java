package dev.baculasync.cli;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Settings;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The lifecycle table. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = VersionFile.class,
        description = {
            "Shows where the VMs are in their lives, from the files below BASE_DIR alone; nothing else is asked.",
            "",
            "In a pipe: one line for each VM, its fields separated by tabs: state, datacenter/openstack, VM, UUID, job,"
                    + " since, enabled, JobDefs, client."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all well",
            "1:no such VM, or files that cannot be read",
            "2:wrong usage or configuration",
        })
final class StatusCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Providers providers;
    private final Console console;
    private final SyncOptions early;

    @Parameters(arity = "0..1", paramLabel = "VM", description = "Only this VM: its name, its UUID or its job's name.")
    private @Nullable String vm;

    @Option(names = "--json", description = "Print the table as JSON.")
    private boolean json;

    /**
     * @param early the options that stand before the command's name
     */
    StatusCommand(Surroundings surroundings, Providers providers, Console console, SyncOptions early) {
        this.surroundings = surroundings;
        this.providers = providers;
        this.console = console;
        this.early = early;
    }

    @Override
    public Integer call() {
        if (early.dryRun() || early.narrow()) {
            throw new UsageException(List.of("--dry-run, --client and --approve belong to sync, not to status"));
        }
        StoredInstance stored = read();
        List<StoreProblem> unreadable = stored.problems().stream()
                .filter(problem -> problem.kind() == StoreProblem.Kind.UNREADABLE)
                .toList();
        unreadable.forEach(problem -> console.error(problem.reason()));
        Stream<StatusRow> all = stored.vms().stream().map(StatusRow::of).sorted(StatusRow.BY_PLACE);
        String name = vm;
        List<StatusRow> rows = name == null
                ? all.toList()
                : all.filter(row -> row.isCalled(name)).toList();
        boolean notFound = name != null && rows.isEmpty();
        if (notFound) {
            console.error("no VM, UUID or job \"" + name + "\" is known to the files");
        }
        if (json || early.json()) {
            console.result(Json.text(new StatusRow.Document(rows)));
        } else if (surroundings.outIsTerminal()) {
            console.result(table(rows, name == null));
        } else {
            console.result(lines(rows));
        }
        return notFound || !unreadable.isEmpty() ? ExitCode.PROBLEM : ExitCode.OK;
    }

    private StoredInstance read() {
        Settings settings = surroundings.settings(Variables.of(providers));
        LogLevel.from(settings);
        ConfigStore store = providers.store().create(settings);
        List<String> problems = SyncSetup.problems(settings);
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        try (StoreSession session = store.open(Access.READ)) {
            return session.readAll();
        }
    }

    private static String lines(List<StatusRow> rows) {
        StringBuilder text = new StringBuilder();
        for (StatusRow row : rows) {
            SyncLines.append(
                    text,
                    row.state(),
                    row.datacenter() + "/" + row.openstack(),
                    row.vm(),
                    row.uuid(),
                    row.job(),
                    row.since(),
                    row.enabled() ? "yes" : "no",
                    row.jobdefs(),
                    row.client());
        }
        return text.toString();
    }

    private String table(List<StatusRow> rows, boolean all) {
        TextTable table = new TextTable("", surroundings.colours());
        table.header("STATE", "SINCE", "ENABLED", "WHERE", "VM", "UUID", "JOBDEFS", "JOB");
        for (StatusRow row : rows) {
            table.row(
                    Paint.of(LifecycleState.valueOf(row.state().toUpperCase(Locale.ROOT))),
                    List.of(
                            row.state(),
                            Objects.requireNonNullElse(row.since(), "-"),
                            row.enabled() ? "yes" : "no",
                            row.datacenter() + "/" + row.openstack(),
                            row.vm(),
                            row.uuid(),
                            Objects.requireNonNullElse(row.jobdefs(), "-"),
                            row.job()),
                    List.of());
        }
        if (rows.isEmpty()) {
            return all ? "No VM has files yet.\n" : "";
        }
        return table.text() + (all ? "\n" + summary(rows) + "\n" : "");
    }

    private static String summary(List<StatusRow> rows) {
        StringBuilder summary = new StringBuilder(rows.size() + (rows.size() == 1 ? " VM" : " VMs"));
        String separator = ": ";
        for (LifecycleState state : LifecycleState.values()) {
            long count = rows.stream()
                    .filter(row -> row.state().equals(state.word()))
                    .count();
            if (count > 0) {
                summary.append(separator).append(count).append(' ').append(state.word());
                separator = ", ";
            }
        }
        return summary.toString();
    }
}
