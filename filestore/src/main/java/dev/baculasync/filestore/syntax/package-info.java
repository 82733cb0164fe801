/** How Bacula's configuration is written and read, and how names are written in our own lines and in messages. */
@NullMarked
package dev.baculasync.filestore.syntax;

import org.jspecify.annotations.NullMarked;
