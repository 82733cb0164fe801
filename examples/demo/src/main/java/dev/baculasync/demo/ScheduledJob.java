package dev.baculasync.demo;

import java.util.UUID;

/**
 * A job that the Director runs every night.
 *
 * @param name name of the Job resource
 * @param client the client it runs on
 * @param fileSet name of its FileSet
 * @param vm the VM that its FileSet backs up
 */
record ScheduledJob(String name, String client, String fileSet, UUID vm) {}
