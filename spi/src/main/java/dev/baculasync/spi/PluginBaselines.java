package dev.baculasync.spi;

import java.util.List;
import java.util.Optional;

/**
 * The files that the OpenStack plugin keeps on the proxy host from one backup of a job to the next: a {@code .bmp} and a
 * {@code .sha} for each volume. Nothing removes them when the job is gone. Safe for use by several threads.
 */
@FunctionalInterface
public interface PluginBaselines {
    /**
     * The paths of the files that are kept for a job, sorted.
     *
     * @return empty when that cannot be told from here, e.g. because the instance's proxy is another host
     */
    Optional<List<String>> of(OpenStackInstance instance, String job);
}
