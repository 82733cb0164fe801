/** What to check before the first run of an installation. It answers with findings; what becomes of them is its caller's business. */
module dev.baculasync.preflight {
    requires transitive dev.baculasync.bconsole.adapter;
    requires transitive dev.baculasync.catalog.jdbc;
    requires transitive dev.baculasync.filestore;
    requires transitive dev.baculasync.spi;
    requires com.fasterxml.jackson.databind;
    requires com.google.common;
    requires java.net.http;
    requires static transitive org.jspecify;

    exports dev.baculasync.preflight;
}
