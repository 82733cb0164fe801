/** What the Director's list may name. */
@NullMarked
package dev.baculasync.core.listing;

import org.jspecify.annotations.NullMarked;
