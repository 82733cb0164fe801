/**
 * The main job on embedded parts: a simulated OpenStack and Director around the real engine, file store and catalog. The
 * rules of backup do not live here; the demo only makes them visible, and checks that they held.
 */
@NullMarked
package dev.baculasync.demo;

import org.jspecify.annotations.NullMarked;
