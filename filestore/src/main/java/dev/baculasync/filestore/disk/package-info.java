/** The steps on the disk, each of which a test can let fail; what is built from them: files that are replaced all or none, the undoing of what failed, the lock. */
@NullMarked
package dev.baculasync.filestore.disk;

import org.jspecify.annotations.NullMarked;
