package dev.baculasync.preflight.config;

import java.util.List;
import java.util.Optional;

/**
 * The directives of a Bacula daemon's or console's configuration.
 *
 * @param directives in their order
 */
public record BaculaFile(List<Directive> directives) {
    static final BaculaFile EMPTY = new BaculaFile(List.of());

    /**
     * A line {@code key = value, value}.
     *
     * @param resource which one of all resources it stands in, counted from 1; 0 outside of all
     * @param kind of that resource
     * @param depth 1 directly in the resource; more in a part of it, 0 outside of all
     */
    public record Directive(int resource, String kind, int depth, String key, List<String> values) {}

    /** Reads a text without what it includes. */
    public static BaculaFile parse(String text) {
        ConfigReader reader = new ConfigReader();
        reader.read(text, include -> {});
        return new BaculaFile(reader.directives());
    }

    /** The first value of a directive, wherever it stands. */
    public Optional<String> value(String key) {
        String normal = ConfigReader.normal(key);
        return directives.stream()
                .filter(directive -> directive.key().equals(normal))
                .flatMap(directive -> directive.values().stream())
                .findFirst();
    }

    /** The names of all resources of a kind. */
    public List<String> names(String kind) {
        return directives.stream()
                .filter(directive -> is(directive, kind, "name"))
                .flatMap(directive -> directive.values().stream().limit(1))
                .toList();
    }

    /** All values of a directive in one resource; empty when there is no such resource. */
    public Optional<List<String>> values(String kind, String name, String key) {
        return directives.stream()
                .filter(directive ->
                        is(directive, kind, "name") && directive.values().contains(name))
                .findFirst()
                .map(named -> directives.stream()
                        .filter(directive -> directive.resource() == named.resource() && is(directive, kind, key))
                        .flatMap(directive -> directive.values().stream())
                        .toList());
    }

    /** The first value of a directive in one resource; empty when there is no such resource or directive. */
    public Optional<String> value(String kind, String name, String key) {
        return values(kind, name, key).flatMap(values -> values.stream().findFirst());
    }

    private static boolean is(Directive directive, String kind, String key) {
        return directive.depth() == 1
                && directive.kind().equals(ConfigReader.normal(kind))
                && directive.key().equals(ConfigReader.normal(key));
    }
}
