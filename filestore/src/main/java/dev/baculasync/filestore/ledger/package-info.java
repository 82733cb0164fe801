/** The ledger's files. */
@NullMarked
package dev.baculasync.filestore.ledger;

import org.jspecify.annotations.NullMarked;
