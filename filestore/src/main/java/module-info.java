/** ConfigStore in a directory tree: the Bacula files and their headers; clients.conf. */
module dev.baculasync.filestore {
    requires static org.jspecify;
    requires transitive dev.baculasync.spi;
    requires com.google.common;
    requires org.slf4j;

    exports dev.baculasync.filestore;
}
