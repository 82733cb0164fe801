/** What the outside must provide, and the values it speaks in. Depends on nothing but nullness annotations. */
module dev.baculasync.spi {
    requires static transitive org.jspecify;

    exports dev.baculasync.spi;
}
