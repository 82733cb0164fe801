package dev.baculasync.preflight;

/** One thing that a run relies upon. */
interface Section {
    /** As the manual names it. */
    String name();

    /**
     * Looks, and tells what it finds as it goes. What it throws becomes a finding, too; what it told before then stays.
     */
    void check(Findings findings);
}
