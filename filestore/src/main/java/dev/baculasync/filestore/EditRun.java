package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The edits of one call, on one instance. First {@link #prepare} makes the directories of new VMs, so that their parent
 * is forced once for all of them; then each edit is carried out for itself, by any thread.
 */
final class EditRun {
    private final FileOperations operations;
    private final Timestamps timestamps;
    private final OpenStackInstance instance;
    private final Path directory;
    private final Ownership parent;
    private final Map<String, ProviderException> refused = new HashMap<>();
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private volatile boolean changed;

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

    /** @throws IOException when no edit can be carried out */
    void prepare(InstanceTree tree, List<ConfigEdit> edits) throws IOException {
        for (ConfigEdit edit : edits) {
            try {
                EditRules.check(edit);
            } catch (EditRefused e) {
                refused.put(edit.vmPart(), failed(instance, edit, e));
            }
        }
        List<ConfigEdit> creations = edits.stream()
                .filter(edit -> edit instanceof ConfigEdit.Create && !refused.containsKey(edit.vmPart()))
                .toList();
        if (creations.isEmpty()) {
            tree.isThere(directory);
            return;
        }
        tree.make(directory, parent);
        for (ConfigEdit edit : creations) {
            try {
                if (FileBatch.makeDirectory(operations, directory.resolve(edit.vmPart()), parent)) {
                    made.add(edit.vmPart());
                }
            } catch (IOException | RuntimeException e) {
                refused.put(edit.vmPart(), failed(instance, edit, e));
            }
        }
        if (!made.isEmpty()) {
            try {
                operations.forceDirectory(directory);
            } catch (IOException | RuntimeException e) {
                made.forEach(vmPart -> FileBatch.removeDirectory(operations, directory.resolve(vmPart), e));
                throw e;
            }
        }
    }

    EditResult carryOut(ConfigEdit edit) {
        ProviderException refusal = refused.get(edit.vmPart());
        if (refusal != null) {
            return new EditResult(edit, refusal);
        }
        Path path = directory.resolve(edit.vmPart());
        VmDirectory vm = new VmDirectory(operations, timestamps, path, instance.datacenter(), instance.openstack());
        try {
            if (edit instanceof ConfigEdit.Create create) {
                vm.create(instance, create, parent);
                changed = true;
            } else if (edit instanceof ConfigEdit.Change change && vm.change(instance, change, parent)) {
                changed = true;
            }
            return new EditResult(edit, null);
        } catch (IOException | RuntimeException e) {
            if (made.contains(edit.vmPart())) {
                FileBatch.removeDirectory(operations, path, e);
            }
            // What could not be undone is a change.
            changed |= e.getSuppressed().length > 0;
            return new EditResult(edit, failed(instance, edit, e));
        }
    }

    boolean changedAnything() {
        return changed;
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
