package dev.baculasync.filestore;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.InstanceTree;
import dev.baculasync.filestore.disk.IoReason;
import dev.baculasync.filestore.disk.NewEntry;
import dev.baculasync.filestore.disk.NotUndone;
import dev.baculasync.filestore.disk.Workers;
import dev.baculasync.filestore.journal.JournalEntry;
import dev.baculasync.filestore.list.DirectorList;
import dev.baculasync.filestore.syntax.MessageText;
import dev.baculasync.filestore.vm.EditRefused;
import dev.baculasync.filestore.vm.FileWrite;
import dev.baculasync.filestore.vm.Timestamps;
import dev.baculasync.filestore.vm.VmDirectory;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The edits of one call, on one instance. First they are planned, which touches nothing, so that the journal can know all
 * of them; then the directories of new VMs are made, so that their parent is forced once for all of them, and the VMs that
 * are to go are taken off the Director's list; then each edit is carried out for itself, by any thread.
 */
final class EditRun {
    private final FileOperations operations;
    private final Timestamps timestamps;
    private final Path directory;
    private final Ownership parent;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Set<VmKey> halfDone = ConcurrentHashMap.newKeySet();
    private final Queue<String> notes = new ConcurrentLinkedQueue<>();
    private List<Plan> plans = List.of();

    /** What one edit comes to: the files to write or to remove, or why it is refused. */
    private record Plan(
            VmEdit edit,
            List<FileWrite> writes,
            List<JournalEntry> entries,
            @Nullable ProviderException refusal) {
        Plan refused(ProviderException why) {
            return new Plan(edit, List.of(), List.of(), why);
        }

        boolean creates() {
            return edit.creates() && refusal == null;
        }

        boolean removes() {
            return edit.removes() && refusal == null;
        }
    }

    /**
     * @param directory the instance's directory
     * @param parent whose new entries are, if root makes them
     */
    EditRun(FileOperations operations, Timestamps timestamps, Path directory, Ownership parent) {
        this.operations = operations;
        this.timestamps = timestamps;
        this.directory = directory;
        this.parent = parent;
    }

    /**
     * Finds out what there is to write.
     *
     * @return what the journal must know before {@link #makeDirectories}; empty when there is nothing to write
     */
    List<JournalEntry> plan(Workers workers, List<VmEdit> edits) {
        plans = workers.map(edits, this::plan);
        return plans.stream().flatMap(plan -> plan.entries().stream()).toList();
    }

    /** Whether anything that was planned is more to a Director than comments. */
    boolean concernsDirector() {
        return plans.stream()
                .flatMap(plan -> plan.writes().stream())
                .anyMatch(write -> VmDirectory.differForDirector(
                        write.name(), write.before().content(), write.content()));
    }

    private Plan plan(VmEdit edit) {
        Plan nothing = new Plan(edit, List.of(), List.of(), null);
        try {
            VmDirectory vm = vmDirectory(edit);
            List<FileWrite> writes = vm.plan(edit);
            return new Plan(
                    edit,
                    writes,
                    writes.stream()
                            .map(write -> JournalEntry.of(edit.key(), write))
                            .toList(),
                    null);
        } catch (IOException | RuntimeException e) {
            return nothing.refused(failed(edit, e));
        }
    }

    private VmDirectory vmDirectory(VmEdit edit) {
        Path path = directory.resolve(edit.slug());
        return new VmDirectory(
                operations,
                timestamps,
                path,
                edit.key().datacenter(),
                edit.key().openstack());
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
                NewEntry.removeDirectories(
                        operations, made.stream().map(directory::resolve).toList(), e);
                throw e;
            }
        }
    }

    private Plan makeDirectory(Plan plan) {
        String slug = plan.edit().slug();
        try {
            if (NewEntry.makeDirectory(operations, directory.resolve(slug), parent)) {
                made.add(slug);
            }
            return plan;
        } catch (IOException | RuntimeException e) {
            return plan.refused(failed(plan.edit(), e));
        }
    }

    /** What cannot be taken off the list is not removed. */
    void takeOff(DirectorList list) {
        List<VmKey> going = plans.stream()
                .filter(Plan::removes)
                .map(plan -> plan.edit().key())
                .toList();
        try {
            list.takeOff(going, parent);
        } catch (IOException | RuntimeException e) {
            plans = plans.stream()
                    .map(plan -> plan.removes() ? plan.refused(failed(plan.edit(), e)) : plan)
                    .toList();
        }
    }

    List<EditResult> carryOut(Workers workers) {
        return workers.map(plans, this::carryOut);
    }

    private EditResult carryOut(Plan plan) {
        VmEdit edit = plan.edit();
        if (plan.refusal() != null || plan.writes().isEmpty()) {
            return new EditResult(edit, plan.refusal());
        }
        try {
            if (plan.removes()) {
                note(edit, vmDirectory(edit).remove(plan.writes(), parent));
            } else {
                vmDirectory(edit).write(plan.writes(), parent);
            }
            changed.add(edit.slug());
            return new EditResult(edit, null);
        } catch (IOException | RuntimeException e) {
            Exception failure = removeMadeDirectory(edit, e);
            if (failure instanceof NotUndone) {
                changed.add(edit.slug());
                halfDone.add(edit.key());
            }
            return new EditResult(edit, failed(edit, failure));
        }
    }

    /** The failure, or that the directory made for this edit could not be removed. */
    private Exception removeMadeDirectory(VmEdit edit, Exception failure) {
        if (made.contains(edit.slug())) {
            try {
                NewEntry.removeDirectories(operations, List.of(directory.resolve(edit.slug())), failure);
            } catch (NotUndone stuck) {
                return stuck;
            }
        }
        return failure;
    }

    private void note(VmEdit edit, List<String> left) {
        if (!left.isEmpty()) {
            notes.add(MessageText.of(edit.key())
                    + " was removed; its directory stays, because it holds what is not ours: "
                    + MessageText.some(left));
        }
    }

    /** What an operator should know about edits that were carried out. */
    Collection<String> notes() {
        return notes;
    }

    /** The VMs whose edit failed and could not be undone. */
    Set<VmKey> halfDone() {
        return halfDone;
    }

    /** What was changed by what has been carried out. */
    List<JournalEntry> changes() {
        return plans.stream()
                .filter(plan -> changed.contains(plan.edit().slug()))
                .flatMap(plan -> plan.entries().stream())
                .toList();
    }

    static ProviderException failed(VmEdit edit, Exception cause) {
        String verb = edit.creates() ? "create" : edit.removes() ? "remove" : "change";
        String what = "cannot " + verb + " " + MessageText.of(edit.key()) + ": ";
        if (cause instanceof EditRefused) {
            return new ProviderException(Code.IO, what + cause.getMessage() + "; nothing was changed", cause);
        }
        Exception failure = NotUndone.reason(cause);
        String reason = failure instanceof IOException io ? IoReason.of(io) : failure.toString();
        String after = cause instanceof NotUndone stuck
                ? stuck.consequence() + ", so look at this directory"
                : "nothing was changed";
        return new ProviderException(Code.IO, what + reason + "; " + after, cause);
    }
}
