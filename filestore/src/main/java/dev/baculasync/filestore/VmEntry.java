package dev.baculasync.filestore;

import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoredVm;

/** What an entry of an instance's directory turned out to be. */
sealed interface VmEntry {
    /** A managed VM. */
    record Managed(StoredVm vm) implements VmEntry {}

    /** Not ours, or not to be read. */
    record Flawed(StoreProblem problem) implements VmEntry {}

    /** Nothing, or nothing but what a creation leaves behind that did not come to its end. */
    record Vacant() implements VmEntry {}
}
