/**
 * The command line: reads the environment, puts the providers and the engine together, and shows what came of it. What is
 * to be done about a VM is not decided here.
 */
@NullMarked
package dev.baculasync.cli;

import org.jspecify.annotations.NullMarked;
