package dev.baculasync.catalog.jdbc;

/** Lets time pass between attempts. */
interface Pause {
    /** Waits; longer after many attempts than after few. */
    void after(int attempts) throws InterruptedException;
}
