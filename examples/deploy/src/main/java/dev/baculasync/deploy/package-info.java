/**
 * What the build makes of the command line for those who install it: manual page and shell completion. Not installed itself,
 * and without a word of its own about any command.
 */
@NullMarked
package dev.baculasync.deploy;

import org.jspecify.annotations.NullMarked;
