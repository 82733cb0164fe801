/**
 * The engine that carries out a run over the providers, its listener and its report. What is to be done is decided in
 * {@code dev.baculasync.core.plan}.
 */
@NullMarked
package dev.baculasync.core;

import org.jspecify.annotations.NullMarked;
