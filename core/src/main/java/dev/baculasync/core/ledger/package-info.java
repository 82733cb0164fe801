/** What runs remember in the ledger, each with what it means. Not exported: entries are read by the runs that follow. */
@NullMarked
package dev.baculasync.core.ledger;

import org.jspecify.annotations.NullMarked;
