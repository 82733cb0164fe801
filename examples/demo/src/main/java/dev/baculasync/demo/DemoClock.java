package dev.baculasync.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still at 22:00 UTC until the next day is called. */
final class DemoClock implements InstantSource {
    private static final Instant FIRST_EVENING = Instant.parse("2026-01-05T22:00:00Z");

    private Instant now = FIRST_EVENING;

    /** The evening of a day, the first being 1. */
    void setDay(int day) {
        now = FIRST_EVENING.plus(Duration.ofDays(day - 1L));
    }

    @Override
    public Instant instant() {
        return now;
    }
}
