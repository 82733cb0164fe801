package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a catalog keeps the names of files in, apart from the files themselves, as far as some runs use them:
 * others may use them too. Immutable.
 *
 * @param catalog tells the catalog that the ids belong to from any other one; of {@code A–Z a–z 0–9 . _ / : -}
 * @param paths ids of Path rows
 * @param filenames ids of Filename rows; only catalogs of Bacula 9.6 have them
 */
record FileNames(String catalog, IdRanges paths, IdRanges filenames) {
    /** So much of a text that is not understood is shown. */
    private static final int SHOWN = 60;

    public FileNames {
        if (!catalog.matches("[A-Za-z0-9._/:-]+")) {
            throw new IllegalArgumentException("not the mark of a catalog: " + catalog);
        }
        Objects.requireNonNull(paths, "paths");
        Objects.requireNonNull(filenames, "filenames");
    }

    /**
     * What {@link #rows} has written, of one catalog.
     *
     * @throws ProviderException when a text is not understood
     */
    static FileNames of(String catalog, Collection<OrphanedRows> some) {
        FileNames all = new FileNames(catalog, IdRanges.NONE, IdRanges.NONE);
        for (OrphanedRows rows : some) {
            all = all.and(parse(rows));
        }
        return all;
    }

    private static FileNames parse(OrphanedRows rows) {
        String[] words = rows.rows().split(" ", -1);
        if (words.length != 4 || !words[0].equals("path") || !words[2].equals("filename")) {
            throw notUnderstood(rows, null);
        }
        try {
            return new FileNames(rows.catalog(), IdRanges.parse(words[1]), IdRanges.parse(words[3]));
        } catch (IllegalArgumentException e) {
            throw notUnderstood(rows, e);
        }
    }

    private static ProviderException notUnderstood(OrphanedRows rows, @Nullable Throwable cause) {
        String begin = rows.rows().substring(0, Math.min(rows.rows().length(), SHOWN));
        return new ProviderException(
                ProviderException.Code.IO,
                "what was written down of orphaned rows is nothing that this program has written: "
                        + CatalogSession.quoted(begin),
                cause);
    }

    /** As text, such as {@code path 12-400,402 filename -}. */
    OrphanedRows rows() {
        return new OrphanedRows(catalog, "path " + paths + " filename " + filenames);
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
