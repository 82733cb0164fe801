/** What is installed, as it is installed: the Debian package, its scripts and the catalog's roles, without a Director. */
package dev.baculasync.integration.packaging;
