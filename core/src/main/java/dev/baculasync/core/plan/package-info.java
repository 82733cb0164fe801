/**
 * Decides what a run does: names, policies, safety limits and one plan for each VM. Nothing here acts, and nothing here
 * asks: everything it needs comes in as values.
 */
@NullMarked
package dev.baculasync.core.plan;

import org.jspecify.annotations.NullMarked;
