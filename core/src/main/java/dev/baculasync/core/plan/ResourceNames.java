package dev.baculasync.core.plan;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.VmKey;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The part of a VM's resource names and of its path that is its own (its slug). A display name that fits is used as it
 * is; any other has each byte that does not fit replaced by {@code _}, is cut, and gets the beginning of its UUID. Pure.
 */
final class ResourceNames {
    private static final int SHORT_SUFFIX = 8;
    private static final int SUFFIX_STEP = 4;

    private final OpenStackInstance instance;
    private final int longestPart;

    ResourceNames(OpenStackInstance instance) {
        this.instance = instance;
        this.longestPart = BaculaName.MAX_BYTES
                - Math.max(
                        instance.jobPrefix().length(), instance.fileSetPrefix().length());
    }

    /** Where files are, for a message. */
    static String path(VmKey vm) {
        return vm.datacenter() + "/" + vm.openstack() + "/" + vm.slug();
    }

    String job(String slug) {
        return instance.jobPrefix() + slug;
    }

    String fileSet(String slug) {
        return instance.fileSetPrefix() + slug;
    }

    /** Whether a display name can be the slug as it is. */
    boolean fits(String displayName) {
        return displayName.length() <= longestPart
                && BaculaName.isLegal(displayName)
                && displayName.indexOf(' ') < 0
                && displayName.charAt(0) != '.'
                && displayName.charAt(0) != '-';
    }

    /** The name that holds the first eight digits of the UUID. */
    String suffixed(String displayName, UUID uuid) {
        return suffixed(displayName, uuid, name -> true);
    }

    /**
     * The name that holds the first eight digits of the UUID, or as many more as it takes to find one that is free. When
     * even the whole UUID does not do, because somebody has named VMs after it on purpose, a number follows.
     *
     * @throws IllegalStateException when the prefixes of the instance leave no room for any such name
     */
    String suffixed(String displayName, UUID uuid, Predicate<String> free) {
        String digits = uuid.toString().replace("-", "");
        int most = Math.min(digits.length(), (longestPart - 2) / SUFFIX_STEP * SUFFIX_STEP);
        for (int length = SHORT_SUFFIX; length <= most; length += SUFFIX_STEP) {
            String name = withSuffix(displayName, digits.substring(0, length));
            if (free.test(name)) {
                return name;
            }
        }
        // As many names as anybody could take are not all the numbers there are.
        for (int number = 2; ; number++) {
            String end = "-" + number;
            int length = Math.min(digits.length(), longestPart - 2 - end.length());
            if (length < 0) {
                throw new IllegalStateException(
                        "the prefixes of " + instance + " leave no room for a name of VM " + uuid);
            }
            String name = withSuffix(displayName, digits.substring(0, length) + end);
            if (free.test(name)) {
                return name;
            }
        }
    }

    private String withSuffix(String displayName, String suffix) {
        byte[] bytes = displayName.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, longestPart - 1 - suffix.length());
        StringBuilder part = new StringBuilder(length + 1 + suffix.length());
        for (int i = 0; i < length; i++) {
            int b = bytes[i];
            boolean keep = b != ' ' && BaculaName.isLegalCharacter(b) && !(i == 0 && (b == '.' || b == '-'));
            part.append(keep ? (char) b : '_');
        }
        if (part.length() == 0) {
            part.append('_');
        }
        return part.append('-').append(suffix).toString();
    }
}
