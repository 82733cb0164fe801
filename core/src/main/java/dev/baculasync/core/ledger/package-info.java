/** The meaning of what outlives a run. The store that keeps it does not know it. */
@NullMarked
package dev.baculasync.core.ledger;

import org.jspecify.annotations.NullMarked;
