package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.syntax.BaculaReader;
import dev.baculasync.filestore.syntax.BaculaReader.Event;
import dev.baculasync.filestore.syntax.BaculaValue;
import dev.baculasync.filestore.syntax.HeaderText;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.JobDirectives;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job file as it stands: its bytes, and where in them the parts are that matter to us. Reading never fails; what keeps
 * a file from being a managed VM is its {@link #flaw}.
 */
final class JobFile {
    private final byte[] bytes;
    private final JobHeaders headers;

    private boolean jobSeen;
    private boolean malformed;
    private final Map<Directive, BaculaValue> directives = new EnumMap<>(Directive.class);
    private final Set<Directive> lists = EnumSet.noneOf(Directive.class);
    private int closingBrace;

    private @Nullable String flaw;

    private JobFile(byte[] bytes) {
        this.bytes = bytes;
        this.headers = JobHeaders.find(bytes);
        this.flaw = headers.flaw();
    }

    static JobFile parse(byte[] bytes) {
        JobFile file = new JobFile(bytes);
        if (file.hasHeaders()) {
            file.readResources(new BaculaReader(bytes));
        }
        return file;
    }

    /** A new job file. */
    static byte[] write(ManagedVm vm, Timestamps timestamps) {
        StringBuilder out = new StringBuilder(1024);
        appendHeader(out, Header.VM, vm.displayName());
        appendHeader(out, Header.UUID, vm.uuid().toString());
        appendHeader(out, Header.DATACENTER, vm.key().datacenter());
        appendHeader(out, Header.OPENSTACK, vm.key().openstack());
        appendHeader(out, Header.CLIENT, vm.client());
        appendHeader(out, Header.STATUS, JobHeaders.text(vm.status()));
        appendStamp(out, Header.MISSING_SINCE, vm.missingSince(), timestamps);
        if (vm.suspect()) {
            appendHeader(out, Header.ABSENCE, JobHeaders.TAIL);
        }
        appendStamp(out, Header.DISABLED, vm.disabledAt(), timestamps);
        appendStamp(out, Header.REENABLED, vm.reenabledAt(), timestamps);
        if (!vm.previousUuids().isEmpty()) {
            appendHeader(out, Header.PREVIOUS_UUID, JobHeaders.text(vm.previousUuids()));
        }
        if (vm.disabledByOperator()) {
            appendHeader(out, Header.ENABLED_BY, JobHeaders.OPERATOR);
        }
        out.append(JobHeaders.CREATED);
        if (vm.createdAt() != null) {
            out.append(timestamps.write(vm.createdAt()));
        }
        out.append("\n\nJob {\n");
        for (Directive directive : Directive.values()) {
            String value = directive.in(vm.directives());
            if (value != null) {
                out.append("  ").append(directive.line(value)).append('\n');
            }
        }
        out.append("}\n");
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void appendHeader(StringBuilder out, Header header, String value) {
        out.append(header.start()).append(HeaderText.escape(value)).append('\n');
    }

    private static void appendStamp(StringBuilder out, Header header, @Nullable Stamp stamp, Timestamps timestamps) {
        if (stamp != null) {
            appendHeader(out, header, timestamps.write(stamp));
        }
    }

    byte[] bytes() {
        return bytes;
    }

    /** Whether any line is a {@code #@} header, ours or not; without one the file is somebody else's. */
    boolean hasHeaders() {
        return headers.count() > 0;
    }

    /** Why this is not the file of a managed VM; null when it is. Whatever each managed VM has is there then. */
    @Nullable
    String flaw() {
        return flaw;
    }

    JobHeaders headers() {
        return headers;
    }

    /** The value of a directive; null when the Job does not say it, or says more than one value. */
    @Nullable
    BaculaValue value(Directive directive) {
        return lists.contains(directive) ? null : directives.get(directive);
    }

    /** Whether the Job says more than one value of a directive. */
    boolean isList(Directive directive) {
        return lists.contains(directive);
    }

    private @Nullable String text(Directive directive) {
        BaculaValue value = value(directive);
        return value == null ? null : value.text();
    }

    /** What the Job says; a Job that says nothing about it is enabled. */
    JobDirectives directives() {
        String enabled = text(Directive.ENABLED);
        return new JobDirectives(
                Objects.requireNonNull(text(Directive.NAME)),
                enabled == null || isYes(enabled),
                text(Directive.JOB_DEFS),
                text(Directive.CLIENT),
                text(Directive.FILE_SET),
                text(Directive.STORAGE),
                text(Directive.POOL),
                text(Directive.SCHEDULE),
                text(Directive.MESSAGES));
    }

    /** Offset of the brace that ends the Job. */
    int closingBrace() {
        return closingBrace;
    }

    private static boolean isYes(String value) {
        return value.equalsIgnoreCase("yes") || value.equalsIgnoreCase("true");
    }

    private static boolean isNo(String value) {
        return value.equalsIgnoreCase("no") || value.equalsIgnoreCase("false");
    }

    private void readResources(BaculaReader reader) {
        boolean inJob = false;
        while (!malformed) {
            Event event = reader.next();
            int depth = reader.depth();
            switch (event) {
                case OPEN -> {
                    if (depth == 1) {
                        inJob = reader.keyword().equals(BaculaResource.JOB);
                        beginResource(inJob);
                    }
                }
                case DIRECTIVE -> {
                    if (depth == 0) {
                        malformed();
                    } else if (depth == 1 && inJob) {
                        readDirective(reader);
                    }
                }
                case CLOSE -> {
                    if (depth == 0 && inJob) {
                        closingBrace = reader.start();
                    }
                }
                case DISORDER -> {
                    if (depth == 0 || (depth == 1 && inJob)) {
                        malformed();
                    }
                }
                case END -> {
                    if (depth > 0) {
                        malformed();
                    } else {
                        checkJob(reader.headerComments());
                    }
                    return;
                }
            }
        }
    }

    private void beginResource(boolean isJob) {
        if (isJob && jobSeen) {
            flaw("holds more than one Job resource");
        }
        jobSeen |= isJob;
    }

    private void readDirective(BaculaReader reader) {
        Directive directive = Directive.named(reader.keyword());
        BaculaValue value = reader.value();
        if (directive != null && value != null) {
            put(directive, value, reader.isList());
        } else if (directive != null && directive.isDecisive()) {
            malformed();
        }
        if (reader.isFollowedByBlock()) {
            malformed();
        }
    }

    private void checkJob(int headerComments) {
        if (!jobSeen) {
            flaw("holds no Job resource");
        } else if (value(Directive.NAME) == null) {
            flaw("holds a Job without a Name");
        } else if (!BaculaName.isLegal(String.valueOf(text(Directive.NAME)))) {
            flaw("holds a Job whose Name is not one that Bacula allows");
        }
        if (headerComments != headers.count()) {
            flaw("has a #@ header inside quotes");
        }
    }

    private void put(Directive directive, BaculaValue value, boolean isList) {
        boolean again = directives.put(directive, value) != null;
        if (again && directive.isDecisive()) {
            flaw("holds a Job with two " + directive.keyword() + " directives");
        } else if ((again || isList) && !directive.isDecisive()) {
            lists.add(directive);
        }
        if (directive == Directive.ENABLED && !isYes(value.text()) && !isNo(value.text())) {
            flaw("holds a Job whose Enabled is neither yes nor no");
        }
    }

    private void malformed() {
        malformed = true;
        flaw("is not a text that a Director would read (braces, quotes or directives are out of order)");
    }

    private void flaw(String reason) {
        if (flaw == null) {
            flaw = reason;
        }
    }
}
