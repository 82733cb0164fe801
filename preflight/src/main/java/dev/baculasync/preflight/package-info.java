/**
 * Finds out before a run what would keep one from working: a section for each thing a run relies upon, each found and
 * told by itself. Nothing here changes anything, prints, or reads the environment of the process.
 */
@NullMarked
package dev.baculasync.preflight;

import org.jspecify.annotations.NullMarked;
