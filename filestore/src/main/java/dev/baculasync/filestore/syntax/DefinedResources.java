package dev.baculasync.filestore.syntax;

import dev.baculasync.spi.BaculaResource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The resources that a text defines, and the FileSets that its Jobs name; files that it includes are not read. */
public final class DefinedResources {
    private static final String NAME = "name";

    private final Set<BaculaResource> resources = new HashSet<>();
    private final Set<String> fileSetsOfJobs = new HashSet<>();
    private final boolean readable;

    private DefinedResources(byte[] bytes) {
        this.readable = read(new BaculaReader(bytes));
    }

    public static DefinedResources in(byte[] bytes) {
        return new DefinedResources(bytes);
    }

    /** What is defined before the first place where a Director would not read on. */
    public Set<BaculaResource> resources() {
        return resources;
    }

    /** The FileSets that its Jobs name. */
    public Set<String> fileSetsOfJobs() {
        return fileSetsOfJobs;
    }

    /** Whether braces, quotes and directives are such that a Director would take the text for one. */
    public boolean isReadable() {
        return readable;
    }

    private boolean read(BaculaReader reader) {
        String kind = "";
        String name = null;
        while (true) {
            BaculaReader.Event event = reader.next();
            switch (event) {
                case OPEN -> {
                    if (reader.depth() == 1) {
                        kind = reader.keyword();
                        name = null;
                    }
                }
                case DIRECTIVE -> {
                    if (reader.depth() == 0) {
                        return false;
                    }
                    if (reader.depth() == 1) {
                        String value = text(reader.value());
                        if (name == null && reader.keyword().equals(NAME)) {
                            name = value;
                        }
                        if (kind.equals(BaculaResource.JOB) && reader.keyword().equals(BaculaResource.FILE_SET)) {
                            fileSetsOfJobs.add(value);
                        }
                    }
                }
                case CLOSE -> {
                    if (reader.depth() == 0 && name != null) {
                        resources.add(new BaculaResource(kind, name));
                    }
                }
                case DISORDER -> {
                    // Blocks inside a resource have directives of their own rules.
                    if (reader.depth() < 2) {
                        return false;
                    }
                }
                case END -> {
                    return reader.depth() == 0;
                }
            }
        }
    }

    private static String text(@Nullable BaculaValue value) {
        return value == null ? "" : value.text();
    }
}
