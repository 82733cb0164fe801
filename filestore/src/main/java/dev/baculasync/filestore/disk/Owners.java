package dev.baculasync.filestore.disk;

import dev.baculasync.filestore.disk.FileOperations.Ownership;

/** Whose a file was that goes, and its directory, which may go with it. */
public record Owners(Ownership file, Ownership directory) {}
