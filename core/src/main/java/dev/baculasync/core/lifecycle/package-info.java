/**
 * The life of a VM's backup as a table: states, what can be observed about a VM, and what follows. Who observes, and how
 * the result is written down, is not known here.
 */
@NullMarked
package dev.baculasync.core.lifecycle;

import org.jspecify.annotations.NullMarked;
