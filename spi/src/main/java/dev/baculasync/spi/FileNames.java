package dev.baculasync.spi;

import java.util.Objects;

/**
 * The rows that a catalog keeps the names of files in, apart from the files themselves, as far as some runs use them:
 * others may use them too. Immutable.
 *
 * @param catalog tells the catalog that the ids belong to from any other one; of {@code A–Z a–z 0–9 . _ / : -}
 * @param paths ids of Path rows
 * @param filenames ids of Filename rows; only catalogs of Bacula 9.6 have them
 */
public record FileNames(String catalog, IdRanges paths, IdRanges filenames) {
    public FileNames {
        if (!catalog.matches("[A-Za-z0-9._/:-]+")) {
            throw new IllegalArgumentException("not the mark of a catalog: " + catalog);
        }
        Objects.requireNonNull(paths, "paths");
        Objects.requireNonNull(filenames, "filenames");
    }

    public boolean isEmpty() {
        return paths.isEmpty() && filenames.isEmpty();
    }

    /** Those of both, which must be of one catalog. */
    public FileNames and(FileNames other) {
        requireSameCatalog(other);
        return new FileNames(catalog, paths.and(other.paths), filenames.and(other.filenames));
    }

    /** Those of these that the other does not have, which must be of the same catalog. */
    public FileNames without(FileNames other) {
        requireSameCatalog(other);
        return new FileNames(catalog, paths.without(other.paths), filenames.without(other.filenames));
    }

    private void requireSameCatalog(FileNames other) {
        if (!catalog.equals(other.catalog)) {
            throw new IllegalArgumentException("of two catalogs: " + catalog + " and " + other.catalog);
        }
    }
}
