/**
 * Bacula's configuration as it lies on a host's disk: what its files say and include, what they grant to a Console, and who
 * may change them.
 */
@NullMarked
package dev.baculasync.preflight.config;

import org.jspecify.annotations.NullMarked;
