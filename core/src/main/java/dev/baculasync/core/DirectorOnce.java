package dev.baculasync.core;

import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Asks the Director for its resources at most once a run, and only if somebody wants to know. Thread-safe. */
final class DirectorOnce implements Supplier<Optional<DirectorResources>> {
    private final Director director;
    private final Consumer<String> notes;
    private Optional<DirectorResources> answer = Optional.empty();
    private boolean asked;

    DirectorOnce(Director director, Consumer<String> notes) {
        this.director = director;
        this.notes = notes;
    }

    /** The resources, or empty when the Director could not list them; a note says so then. */
    @Override
    public synchronized Optional<DirectorResources> get() {
        if (!asked) {
            asked = true;
            answer = ask();
        }
        return answer;
    }

    private Optional<DirectorResources> ask() {
        try {
            return Optional.of(director.resources());
        } catch (RuntimeException e) {
            notes.accept(
                    "the Director did not list its resources, so names in new jobs are not checked, tags of VMs are not"
                            + " followed, and what its console has disabled is not known: "
                            + (e instanceof ProviderException ? e.getMessage() : "internal error: " + e));
            return Optional.empty();
        }
    }
}
