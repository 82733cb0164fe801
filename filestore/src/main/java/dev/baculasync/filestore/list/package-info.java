/** {@code director.conf}, and the mark that a Director has something to load. */
@NullMarked
package dev.baculasync.filestore.list;

import org.jspecify.annotations.NullMarked;
