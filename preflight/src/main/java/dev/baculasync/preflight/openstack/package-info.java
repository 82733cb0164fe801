/** OpenStack's identity service, as far as a login is tried there. */
@NullMarked
package dev.baculasync.preflight.openstack;

import org.jspecify.annotations.NullMarked;
