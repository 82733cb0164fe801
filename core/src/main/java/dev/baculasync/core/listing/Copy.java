package dev.baculasync.core.listing;

import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.VmKey;
import java.util.Objects;

/**
 * A directory that is not listed, because it defines what another one defines as well.
 *
 * @param vm the directory
 * @param resource what stands twice
 * @param other the other directory
 * @param otherListed whether that one is listed; if not, none of them is
 */
public record Copy(VmKey vm, BaculaResource resource, VmKey other, boolean otherListed) {
    public Copy {
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(other, "other");
    }

    /** Why it is not listed and what to do, as a sentence. */
    public String reason() {
        return place(vm) + " defines " + resource + ", as " + place(other) + " does"
                + (otherListed
                        ? ", which the Director's list names; it does not name this one. If it is a copy, move it out of the"
                                + " tree"
                        : "; which of them is meant cannot be told, so the Director's list names neither. Move the copy out"
                                + " of the tree");
    }

    private static String place(VmKey vm) {
        return vm.datacenter() + "/" + vm.openstack() + "/" + vm.slug();
    }
}
