/** The two files of a VM, their directives and {@code #@} headers, and the directories that hold them. */
@NullMarked
package dev.baculasync.filestore.vm;

import org.jspecify.annotations.NullMarked;
