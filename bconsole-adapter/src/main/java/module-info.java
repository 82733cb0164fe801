/** LiveInventory and Director over bconsole processes. Nothing is installed by being on the module path: name a provider. */
module dev.baculasync.bconsole.adapter {
    requires transitive dev.baculasync.spi;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports dev.baculasync.bconsole.adapter;
}
