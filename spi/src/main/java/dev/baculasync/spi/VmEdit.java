package dev.baculasync.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change to what a store holds about one VM: what was there when it was decided, and what shall be there. A store
 * refuses it when what is there is not {@code before} (compare and swap), and turns the difference into the fewest changed
 * lines.
 *
 * @param key the VM
 * @param before what must be there; null when there must be nothing
 * @param after what shall be there; null when nothing shall
 */
public record VmEdit(
        VmKey key, @Nullable ManagedVm before, @Nullable ManagedVm after) {
    /**
     * @throws IllegalArgumentException when it is about nothing or about two VMs, would give a resource another name, or would
     *     let a job back up another VM than its FileSet
     */
    public VmEdit {
        Objects.requireNonNull(key, "key");
        require(before != null || after != null, key, "an edit is about something");
        require(before == null || before.key().equals(key), key, "what was there is of another VM");
        require(after == null || after.key().equals(key), key, "what shall be there is of another VM");
        if (before != null && after != null) {
            requireSameResources(before, after);
        }
    }

    private static void requireSameResources(ManagedVm before, ManagedVm after) {
        VmKey key = before.key();
        require(before.job().equals(after.job()), key, "a job keeps its name");
        require(
                Objects.equals(before.directives().fileSet(), after.directives().fileSet()),
                key,
                "a job keeps the name of its FileSet");
        require(Objects.equals(before.createdAt(), after.createdAt()), key, "a job is created once");
        FileSetFacts fileSet = before.fileSet();
        FileSetFacts next = after.fileSet();
        require(fileSet == null || next != null, key, "a FileSet is removed with its job, and not before");
        require(
                fileSet == null || next == null || Objects.equals(fileSet.name(), next.name()),
                key,
                "a FileSet keeps its name");
        require(
                before.uuid().equals(after.uuid()) || after.backsUpItself(),
                key,
                "a job that is to back up another VM needs a FileSet that names it");
    }

    private static void require(boolean condition, VmKey key, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(key + ": " + rule);
        }
    }

    /** Writes a VM that the store does not hold yet. */
    public static VmEdit create(ManagedVm after) {
        return new VmEdit(after.key(), null, after);
    }

    /** Changes a VM. */
    public static VmEdit change(ManagedVm before, ManagedVm after) {
        return new VmEdit(before.key(), before, after);
    }

    /** Removes a VM. What lies beside its files that is not ours stays. */
    public static VmEdit remove(ManagedVm before) {
        return new VmEdit(before.key(), before, null);
    }

    /** The VM's directory, and the part of its resource names that is its own. */
    public String slug() {
        return key.slug();
    }

    /** Whether there was nothing before. */
    public boolean creates() {
        return before == null;
    }

    /** Whether nothing is left. */
    public boolean removes() {
        return after == null;
    }

    /** Whether it changes anything that a Director reads; headers are comments to it. */
    public boolean concernsDirector() {
        return differForDirector(before, after);
    }

    /** Whether a Director reads something else in the place of a VM; null where there is nothing. */
    public static boolean differForDirector(@Nullable ManagedVm one, @Nullable ManagedVm other) {
        if (one == null || other == null) {
            return one != null || other != null;
        }
        return !one.directives().equals(other.directives()) || !Objects.equals(one.fileSet(), other.fileSet());
    }
}
