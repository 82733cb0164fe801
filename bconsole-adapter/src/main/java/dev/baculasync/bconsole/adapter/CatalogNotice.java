package dev.baculasync.bconsole.adapter;

import java.util.regex.Pattern;

/** What the Director says before the first answer of a session that comes from a catalog. */
final class CatalogNotice {
    private static final Pattern NOTICE =
            Pattern.compile("Using Catalog \"[^\"]*\"|Automatically selected Catalog: [^|]*");

    private CatalogNotice() {}

    static boolean is(String line) {
        return NOTICE.matcher(line.strip()).matches();
    }
}
