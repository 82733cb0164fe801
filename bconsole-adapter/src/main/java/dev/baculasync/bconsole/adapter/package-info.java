/**
 * Asks a Bacula Director through bconsole: which VMs an OpenStack proxy sees, which resources are loaded, what became of
 * a reload. What the answers mean for a VM is not decided here.
 */
@NullMarked
package dev.baculasync.bconsole.adapter;

import org.jspecify.annotations.NullMarked;
