package dev.baculasync.integration;

import java.util.List;
import java.util.stream.LongStream;

/** How much of a campaign over the tree is run: {@code -Dcampaign.worlds=1000}, or one seed, {@code -Dcampaign.seed=17}. */
final class CampaignSettings {
    private CampaignSettings() {}

    /**
     * The seeds to run: those from 1 on unless one is given.
     *
     * @param property says how many
     */
    static List<Long> seeds(String property) {
        Long seed = Long.getLong("campaign.seed");
        // Where nobody has set it, as in an editor.
        int worlds = Integer.getInteger(property, 1);
        return seed != null
                ? List.of(seed)
                : LongStream.rangeClosed(1, worlds).boxed().toList();
    }
}
