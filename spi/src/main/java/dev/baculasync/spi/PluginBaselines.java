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
     * @return empty when they cannot be seen from here, which is usual when the proxy is another host
     */
    Optional<List<String>> of(String job);
}
