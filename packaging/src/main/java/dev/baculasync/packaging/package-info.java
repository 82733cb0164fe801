/**
 * What the build makes for those who install the command line: manual page, shell completion and documents. Not installed
 * itself, and without a word of its own about any command.
 */
@NullMarked
package dev.baculasync.packaging;

import org.jspecify.annotations.NullMarked;
