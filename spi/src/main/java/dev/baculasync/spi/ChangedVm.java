package dev.baculasync.spi;

import java.util.Objects;

/** A VM that a session of a store has changed: its instance and its directory. */
public record ChangedVm(String datacenter, String openstack, String vmPart) {
    public ChangedVm {
        Objects.requireNonNull(datacenter, "datacenter");
        Objects.requireNonNull(openstack, "openstack");
        Objects.requireNonNull(vmPart, "vmPart");
    }

    /** Whether it belongs to this instance. */
    public boolean isOf(OpenStackInstance instance) {
        return datacenter.equals(instance.datacenter()) && openstack.equals(instance.openstack());
    }
}
