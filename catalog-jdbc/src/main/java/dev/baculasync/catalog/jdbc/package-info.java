/**
 * Reads Bacula's catalog in PostgreSQL: how to log in, whether it is a catalog at all, and which jobs have run. What a
 * job's absence means is not decided here, and nothing in this package writes to the catalog.
 */
@NullMarked
package dev.baculasync.catalog.jdbc;

import org.jspecify.annotations.NullMarked;
