package dev.baculasync.spi;

import java.util.Objects;
import java.util.Optional;

/**
 * Where the files of a VM are: its instance, and its slug.
 *
 * @param slug the VM's directory below that of its instance, and the part of its resource names that is its own
 */
public record VmKey(String datacenter, String openstack, String slug) {
    public VmKey {
        Objects.requireNonNull(datacenter, "datacenter");
        Objects.requireNonNull(openstack, "openstack");
        Objects.requireNonNull(slug, "slug");
    }

    /** The place of a slug in an instance. */
    public static VmKey of(OpenStackInstance instance, String slug) {
        return new VmKey(instance.datacenter(), instance.openstack(), slug);
    }

    /** What {@link #toString} has written; empty when the text is nothing of that kind. */
    public static Optional<VmKey> parse(String text) {
        String[] names = text.split("/", -1);
        return names.length == 3 ? Optional.of(new VmKey(names[0], names[1], names[2])) : Optional.empty();
    }

    /** Whether it belongs to this instance. */
    public boolean isOf(OpenStackInstance instance) {
        return datacenter.equals(instance.datacenter()) && openstack.equals(instance.openstack());
    }

    @Override
    public String toString() {
        return datacenter + "/" + openstack + "/" + slug;
    }
}
