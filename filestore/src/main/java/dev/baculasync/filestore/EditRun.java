package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
import dev.baculasync.spi.ChangedVm;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The edits of one call, on one instance. First they are planned, which touches nothing, so that the journal can know all
 * of them; then the directories of new VMs are made, so that their parent is forced once for all of them; then each edit
 * is carried out for itself, by any thread.
 */
final class EditRun {
    private final FileOperations operations;
    private final Timestamps timestamps;
    private final OpenStackInstance instance;
    private final Path directory;
    private final Ownership parent;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private List<Plan> plans = List.of();

    /** What one edit comes to: the files to write, or why it is refused. */
    private record Plan(
            ConfigEdit edit,
            List<FileWrite> writes,
            List<JournalEntry> entries,
            @Nullable ProviderException refusal) {
        Plan refused(ProviderException why) {
            return new Plan(edit, List.of(), List.of(), why);
        }

        boolean creates() {
            return edit instanceof ConfigEdit.Create && refusal == null;
        }
    }

    /**
     * @param directory the instance's directory
     * @param parent whose new entries are, if root makes them
     */
    EditRun(
            FileOperations operations,
            Timestamps timestamps,
            OpenStackInstance instance,
            Path directory,
            Ownership parent) {
        this.operations = operations;
        this.timestamps = timestamps;
        this.instance = instance;
        this.directory = directory;
        this.parent = parent;
    }

    /**
     * Finds out what there is to write.
     *
     * @return what the journal must know before {@link #makeDirectories}; empty when there is nothing to write
     */
    List<JournalEntry> plan(Workers workers, List<ConfigEdit> edits) {
        plans = workers.map(edits, this::plan);
        return plans.stream().flatMap(plan -> plan.entries().stream()).toList();
    }

    private Plan plan(ConfigEdit edit) {
        Plan nothing = new Plan(edit, List.of(), List.of(), null);
        try {
            EditRules.check(edit);
            VmDirectory vm = vmDirectory(edit);
            List<FileWrite> writes = edit instanceof ConfigEdit.Create create
                    ? vm.plan(instance, create)
                    : vm.plan(instance, (ConfigEdit.Change) edit);
            ChangedVm changes = new ChangedVm(instance.datacenter(), instance.openstack(), edit.vmPart());
            return new Plan(
                    edit,
                    writes,
                    writes.stream()
                            .map(write -> new JournalEntry(
                                    changes, write.name(), write.before(), FileWrite.digest(write.content())))
                            .toList(),
                    null);
        } catch (IOException | RuntimeException e) {
            return nothing.refused(failed(instance, edit, e));
        }
    }

    private VmDirectory vmDirectory(ConfigEdit edit) {
        Path path = directory.resolve(edit.vmPart());
        return new VmDirectory(operations, timestamps, path, instance.datacenter(), instance.openstack());
    }

    /** @throws IOException when no edit can be carried out */
    void makeDirectories(InstanceTree tree) throws IOException {
        if (plans.stream().noneMatch(Plan::creates)) {
            return;
        }
        tree.make(directory, parent);
        List<Plan> possible = new ArrayList<>();
        for (Plan plan : plans) {
            possible.add(plan.creates() ? makeDirectory(plan) : plan);
        }
        plans = possible;
        if (!made.isEmpty()) {
            try {
                operations.forceDirectory(directory);
            } catch (IOException | RuntimeException e) {
                made.forEach(vmPart -> FileBatch.removeDirectory(operations, directory.resolve(vmPart), e));
                throw e;
            }
        }
    }

    private Plan makeDirectory(Plan plan) {
        String vmPart = plan.edit().vmPart();
        try {
            if (FileBatch.makeDirectory(operations, directory.resolve(vmPart), parent)) {
                made.add(vmPart);
            }
            return plan;
        } catch (IOException | RuntimeException e) {
            return plan.refused(failed(instance, plan.edit(), e));
        }
    }

    List<EditResult> carryOut(Workers workers) {
        return workers.map(plans, this::carryOut);
    }

    private EditResult carryOut(Plan plan) {
        ConfigEdit edit = plan.edit();
        if (plan.refusal() != null || plan.writes().isEmpty()) {
            return new EditResult(edit, plan.refusal());
        }
        try {
            vmDirectory(edit).write(plan.writes(), parent);
            changed.add(edit.vmPart());
            return new EditResult(edit, null);
        } catch (IOException | RuntimeException e) {
            if (made.contains(edit.vmPart())) {
                FileBatch.removeDirectory(operations, directory.resolve(edit.vmPart()), e);
            }
            // What could not be undone is a change.
            if (e.getSuppressed().length > 0) {
                changed.add(edit.vmPart());
            }
            return new EditResult(edit, failed(instance, edit, e));
        }
    }

    /** What was changed by what has been carried out. */
    List<JournalEntry> changes() {
        return plans.stream()
                .filter(plan -> changed.contains(plan.edit().vmPart()))
                .flatMap(plan -> plan.entries().stream())
                .toList();
    }

    static ProviderException failed(OpenStackInstance instance, ConfigEdit edit, Exception cause) {
        String what = (edit instanceof ConfigEdit.Create ? "cannot create " : "cannot change ") + instance + "/"
                + HeaderText.escape(edit.vmPart()) + ": ";
        if (cause instanceof EditRefused) {
            return new ProviderException(Code.IO, what + cause.getMessage() + "; nothing was changed", cause);
        }
        String reason = cause instanceof IOException failure ? IoReason.of(failure) : cause.toString();
        Throwable[] leftover = cause.getSuppressed();
        String after = leftover.length == 0
                ? "; nothing was changed"
                : "; not all of it could be undone (" + leftover[0] + "), so look at this directory";
        return new ProviderException(Code.IO, what + reason + after, cause);
    }
}
