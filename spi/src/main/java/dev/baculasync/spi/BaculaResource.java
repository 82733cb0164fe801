package dev.baculasync.spi;

import java.util.Objects;

/**
 * A resource of a Director's configuration. Of two with one kind and one name the Director refuses all that it reads.
 *
 * @param kind e.g. {@code job}, in lower case
 * @param name case counts
 */
public record BaculaResource(String kind, String name) implements Comparable<BaculaResource> {
    /** The kind of a Job. */
    public static final String JOB = "job";

    /** The kind of a FileSet. */
    public static final String FILE_SET = "fileset";

    public BaculaResource {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
    }

    @Override
    public int compareTo(BaculaResource other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return kind + " " + name;
    }
}
