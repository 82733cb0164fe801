/**
 * The Bacula files below one base directory, their {@code #@} headers and their one lock, and {@code clients.conf}. No
 * decisions live here: files are read and edited as told, and everything that is not ours is left as it is.
 */
@NullMarked
package dev.baculasync.filestore;

import org.jspecify.annotations.NullMarked;
