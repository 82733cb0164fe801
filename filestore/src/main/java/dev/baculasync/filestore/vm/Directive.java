package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.syntax.QuotedText;
import dev.baculasync.spi.JobDirectives;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The directives of a Job that this product manages, in the order in which they are written. */
enum Directive {
    NAME("Name"),
    JOB_DEFS("JobDefs"),
    CLIENT("Client"),
    FILE_SET("FileSet"),
    STORAGE("Storage"),
    POOL("Pool"),
    SCHEDULE("Schedule"),
    MESSAGES("Messages"),
    ENABLED("Enabled");

    private static final Directive[] ALL = values();
    private static final int VALUE_COLUMN = 11;

    private final String keyword;
    private final String lowerCase;

    Directive(String keyword) {
        this.keyword = keyword;
        this.lowerCase = keyword.toLowerCase(Locale.ROOT);
    }

    /** How users see it. */
    String keyword() {
        return keyword;
    }

    /** Whether a job file in which it cannot be read, or stands twice, is none of a managed VM. */
    boolean isDecisive() {
        return this == NAME || this == JOB_DEFS || this == ENABLED;
    }

    /** What a Job says; null when it does not say it. */
    @Nullable
    String in(JobDirectives job) {
        return switch (this) {
            case NAME -> job.name();
            case JOB_DEFS -> job.jobDefs();
            case CLIENT -> job.client();
            case FILE_SET -> job.fileSet();
            case STORAGE -> job.storage();
            case POOL -> job.pool();
            case SCHEDULE -> job.schedule();
            case MESSAGES -> job.messages();
            case ENABLED -> job.enabled() ? "yes" : "no";
        };
    }

    /** A value as it is written: a name in quotes. */
    String written(String value) {
        return this == ENABLED ? value : QuotedText.of(value);
    }

    /** The directive with its value. */
    String line(String value) {
        return keyword + " ".repeat(VALUE_COLUMN - keyword.length()) + "= " + written(value);
    }

    /** The directive of this keyword, given in lower case; null when it is not one of these. */
    static @Nullable Directive named(String lowerCase) {
        for (Directive directive : ALL) {
            if (directive.lowerCase.equals(lowerCase)) {
                return directive;
            }
        }
        return null;
    }
}
