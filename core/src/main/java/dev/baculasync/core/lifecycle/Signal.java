package dev.baculasync.core.lifecycle;

/** What a run found out about one VM. */
public enum Signal {
    /** It is there, under the name it had. */
    PRESENT("present"),
    /** It is there, under another name than before. */
    PRESENT_RENAMED("present, renamed"),
    /** It is gone, and a new VM bears its name. */
    REPLACED("replaced by a VM of the same name"),
    /** It is there and asks not to be backed up. */
    OPTED_OUT("opted out"),
    /** It is there and the catalog knows its job, but the job file is not there. */
    FILE_LOST("job file lost"),
    /** As {@link #FILE_LOST}, and an operator has asked for the file to be written again. */
    FILE_LOST_AND_WANTED("job file lost, repair asked for"),
    /** Its records contradict each other, and leave its name or UUID in doubt. */
    DOUBTFUL("doubtful"),
    /** Its records contradict each other, but not about its name and UUID. */
    DOUBTFUL_BUT_IDENTIFIED("doubtful, name and UUID certain"),
    /** A complete list lacks it. */
    ABSENT("absent"),
    /** A complete list lacks it, and its grace period is over. */
    EXPIRED("absent, grace period over"),
    /** As {@link #EXPIRED}, but the safety limit forbids to disable it. */
    EXPIRED_BUT_HELD("absent, grace period over, limit reached"),
    /** As {@link #EXPIRED}, but its absence may be that of a list that was cut. */
    EXPIRED_BUT_SUSPECT("absent, grace period over, absence suspect"),
    /** A list lacks it that is held to be complete, but a good backup began after its absence was noted. */
    BACKED_UP("absent, but backed up since"),
    /** A complete list lacks it, and it was disabled for longer than an operator wants to keep it. */
    OUTLIVED("absent, cleanup due"),
    /** As {@link #OUTLIVED}, but the safety limit forbids to purge it. */
    OUTLIVED_BUT_HELD("absent, cleanup due, limit reached"),
    /** An operator retires the whole OpenStack instance. */
    RETIRED("instance retired"),
    /** It is not in the list, but the list may be short. */
    UNSEEN("not seen, list may be short");

    private final String phrase;

    Signal(String phrase) {
        this.phrase = phrase;
    }

    /** The phrase that stands in diagrams. */
    public String phrase() {
        return phrase;
    }
}
