package dev.baculasync.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One OpenStack instance as a line of {@code clients.conf} names it.
 *
 * @param datacenter first directory level below the base directory
 * @param openstack second directory level
 * @param client the Bacula Client (proxy File Daemon) that sees this instance; one instance, one client
 * @param proxyServer value of {@code proxy_server=} in the plugin string
 * @param jobPrefix what the names of this instance's jobs start with; unique among all instances
 * @param jobDefs the instance's JobDefs, or null for the global default
 */
public record OpenStackInstance(
        String datacenter,
        String openstack,
        String client,
        String proxyServer,
        String jobPrefix,
        @Nullable String jobDefs) {

    /**
     * @throws IllegalArgumentException when a field is not a legal Bacula name, or a directory name is not safe
     */
    public OpenStackInstance {
        requireDirectory("datacenter", datacenter);
        requireDirectory("openstack", openstack);
        requireName("client", client);
        requireName("proxy_server", proxyServer);
        requireName("job_prefix", jobPrefix);
        if (jobDefs != null) {
            requireName("jobdefs", jobDefs);
        }
    }

    /** What the names of this instance's FileSets start with. */
    public String fileSetPrefix() {
        return fileSetPrefix(datacenter, openstack);
    }

    /** What the names of an instance's FileSets start with, by its place. */
    public static String fileSetPrefix(String datacenter, String openstack) {
        return "fs-" + datacenter + "-" + openstack + "-";
    }

    private static void requireName(String field, String value) {
        Objects.requireNonNull(value, field);
        BaculaName.problemOf(value).ifPresent(problem -> {
            throw new IllegalArgumentException(field + " " + problem);
        });
    }

    private static void requireDirectory(String field, String value) {
        requireName(field, value);
        if (value.startsWith(".") || value.startsWith("-") || value.indexOf(' ') >= 0) {
            throw new IllegalArgumentException(
                    field + " is not a safe directory name (it starts with . or -, or holds a space)");
        }
    }

    @Override
    public String toString() {
        return datacenter + "/" + openstack;
    }
}
