package dev.baculasync.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The same thing measured several times. */
final class Series {
    private final String name;
    private final List<Double> seconds = new ArrayList<>();
    private long peakMebibytes;

    Series(String name) {
        this.name = name;
    }

    void add(Measurement measurement) {
        seconds.add(measurement.seconds());
        peakMebibytes = Math.max(peakMebibytes, measurement.peakMebibytes());
    }

    double median() {
        List<Double> sorted = seconds.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    long peakMebibytes() {
        return peakMebibytes;
    }

    /** A line of a table: the median, and all rounds in their order. */
    String row() {
        String rounds = seconds.stream()
                .map(value -> String.format(Locale.ROOT, "%.2f", value))
                .collect(Collectors.joining("  "));
        return String.format(Locale.ROOT, "  %-44s median %7.2f s   (%s)", name, median(), rounds);
    }
}
