/**
 * Whole runs of the built distribution, each measured side by side with something plain that does the same to the disk.
 * Nothing of the product is called here, it is started as a user starts it; but for the removal from the catalog, the names
 * of known jobs and what a real Director is asked, which a run's other work would hide.
 *
 * <p>{@code run.sh} says what is measured and against what. Each result is a ratio, because times depend on the machine.
 */
@NullMarked
package dev.baculasync.benchmarks;

import org.jspecify.annotations.NullMarked;
