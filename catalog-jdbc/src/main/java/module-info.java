/** {@code BackupCatalog} over Bacula's PostgreSQL catalog. */
module dev.baculasync.catalog.jdbc {
    requires transitive dev.baculasync.spi;
    requires java.naming;
    requires java.sql;
    requires static transitive org.jspecify;
    requires org.postgresql.jdbc;
    requires org.slf4j;

    exports dev.baculasync.catalog.jdbc;
}
