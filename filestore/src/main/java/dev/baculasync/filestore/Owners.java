package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;

/** Whose a file was that goes, and its directory, which may go with it. */
record Owners(Ownership file, Ownership directory) {}
