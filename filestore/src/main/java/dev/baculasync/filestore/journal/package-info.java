/** What a run has changed, and how it is rolled back. */
@NullMarked
package dev.baculasync.filestore.journal;

import org.jspecify.annotations.NullMarked;
