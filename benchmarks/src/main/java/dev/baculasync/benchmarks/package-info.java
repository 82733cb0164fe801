/**
 * Whole runs of the built distribution, each measured side by side with something plain that does the same to the disk.
 * Nothing of the product is called here, it is started as a user starts it; but for the removal from the catalog, which a
 * run's other work would hide.
 */
@NullMarked
package dev.baculasync.benchmarks;

import org.jspecify.annotations.NullMarked;
