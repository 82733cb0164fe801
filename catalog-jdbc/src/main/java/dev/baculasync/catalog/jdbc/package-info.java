/**
 * Reads Bacula's catalog in PostgreSQL: how to log in, whether it is a catalog at all, and which jobs have run; and
 * takes a job's rows out of it when asked. What a job's absence means, and whether a job is wanted, is not decided here.
 */
@NullMarked
package dev.baculasync.catalog.jdbc;

import org.jspecify.annotations.NullMarked;
