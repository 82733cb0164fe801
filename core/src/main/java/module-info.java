/** What is known about backups: lifecycle, planner and engine. Pure: no file, process, socket, clock or environment. */
module dev.baculasync.core {
    requires transitive dev.baculasync.spi;
    requires static org.jspecify;

    exports dev.baculasync.core;
    exports dev.baculasync.core.lifecycle;
    exports dev.baculasync.core.plan;
}
