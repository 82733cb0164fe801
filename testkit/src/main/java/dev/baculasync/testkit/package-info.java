/**
 * Contract tests that every provider must pass, providers that live in memory, and arbitraries for fleets of VMs. No
 * rule about backups lives here.
 */
@NullMarked
package dev.baculasync.testkit;

import org.jspecify.annotations.NullMarked;
