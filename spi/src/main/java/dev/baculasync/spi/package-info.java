/**
 * The interfaces that an environment implements (live inventory, catalog, config store, Director) and the values they
 * exchange with the core. No decisions live here: what an absent VM means is the core's business.
 */
@NullMarked
package dev.baculasync.spi;

import org.jspecify.annotations.NullMarked;
