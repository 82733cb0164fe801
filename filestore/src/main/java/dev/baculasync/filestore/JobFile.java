package dev.baculasync.filestore;

import dev.baculasync.filestore.BaculaScanner.Token;
import dev.baculasync.spi.BaculaName;
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
    /** A value in the file. */
    record Span(int start, int end, String value) {}

    private final byte[] bytes;
    private final JobHeaders headers;
    private int headerComments;

    private boolean jobSeen;
    private final Map<Directive, Span> directives = new EnumMap<>(Directive.class);
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
            file.readResources(new BaculaScanner(bytes));
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

    /** Where the value of a directive stands; null when the Job does not say it, or says more than one value. */
    @Nullable
    Span span(Directive directive) {
        return lists.contains(directive) ? null : directives.get(directive);
    }

    /** Whether the Job says more than one value of a directive. */
    boolean isList(Directive directive) {
        return lists.contains(directive);
    }

    private @Nullable String value(Directive directive) {
        Span span = span(directive);
        return span == null ? null : span.value();
    }

    /** What the Job says; a Job that says nothing about it is enabled. */
    JobDirectives directives() {
        String enabled = value(Directive.ENABLED);
        return new JobDirectives(
                Objects.requireNonNull(value(Directive.NAME)),
                enabled == null || isYes(enabled),
                value(Directive.JOB_DEFS),
                value(Directive.CLIENT),
                value(Directive.FILE_SET),
                value(Directive.STORAGE),
                value(Directive.POOL),
                value(Directive.SCHEDULE),
                value(Directive.MESSAGES));
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

    private void readResources(BaculaScanner scanner) {
        while (true) {
            switch (token(scanner)) {
                case EOL, INCLUDE -> {}
                case END -> {
                    if (!jobSeen) {
                        flaw("holds no Job resource");
                    } else if (span(Directive.NAME) == null) {
                        flaw("holds a Job without a Name");
                    } else if (!BaculaName.isLegal(String.valueOf(value(Directive.NAME)))) {
                        flaw("holds a Job whose Name is not one that Bacula allows");
                    }
                    if (headerComments != headers.count()) {
                        flaw("has a #@ header inside quotes");
                    }
                    return;
                }
                case WORD -> {
                    boolean job = scanner.wordIs("job");
                    if (job && jobSeen) {
                        flaw("holds more than one Job resource");
                    }
                    jobSeen |= job;
                    if (tokenAfterLineEnds(scanner) != Token.OPEN) {
                        malformed();
                        return;
                    }
                    if (!(job ? readJob(scanner) : skipBlock(scanner))) {
                        malformed();
                        return;
                    }
                }
                default -> {
                    malformed();
                    return;
                }
            }
        }
    }

    /** Reads up to the brace that ends the Job; false when the text is not one that a Director would take. */
    private boolean readJob(BaculaScanner scanner) {
        while (true) {
            Token token = token(scanner);
            if (token == Token.EOL || token == Token.INCLUDE) {
                continue;
            }
            if (token == Token.CLOSE) {
                closingBrace = scanner.start();
                return true;
            }
            if (token != Token.WORD) {
                return false;
            }
            Directive directive = Directive.named(scanner);
            token = tokenAfterLineEnds(scanner);
            if (token == Token.OPEN) {
                if (!skipBlock(scanner)) {
                    return false;
                }
                continue;
            }
            if (token != Token.EQUALS) {
                return false;
            }
            token = token(scanner);
            if (directive != null && (token == Token.WORD || token == Token.STRING)) {
                Span value = new Span(scanner.start(), scanner.end(), scanner.value());
                token = token(scanner);
                put(directive, value, token == Token.COMMA);
            } else if (directive != null && directive.isDecisive()) {
                return false;
            }
            // The Director drops what else stands in the line.
            while (token != Token.EOL && token != Token.CLOSE) {
                if (token == Token.OPEN || token == Token.BAD || token == Token.END) {
                    return false;
                }
                token = token(scanner);
            }
            if (token == Token.CLOSE) {
                closingBrace = scanner.start();
                return true;
            }
        }
    }

    private boolean skipBlock(BaculaScanner scanner) {
        int depth = 1;
        while (depth > 0) {
            switch (token(scanner)) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case BAD, END -> {
                    return false;
                }
                default -> {}
            }
        }
        return true;
    }

    private Token tokenAfterLineEnds(BaculaScanner scanner) {
        Token token = token(scanner);
        while (token == Token.EOL) {
            token = token(scanner);
        }
        return token;
    }

    /** The next token that is not a comment. Comments that are headers are counted. */
    private Token token(BaculaScanner scanner) {
        Token token = scanner.next();
        while (token == Token.COMMENT) {
            int start = scanner.start();
            if (start + 1 < scanner.end() && bytes[start + 1] == '@' && startsLine(start)) {
                headerComments++;
            }
            token = scanner.next();
        }
        return token;
    }

    private boolean startsLine(int offset) {
        int first = BaculaScanner.textStart(bytes);
        int i = offset;
        while (i > first && BaculaScanner.isBlank(bytes[i - 1])) {
            i--;
        }
        return i == first || BaculaScanner.isLineEnd(bytes[i - 1]);
    }

    private void put(Directive directive, Span value, boolean isList) {
        boolean again = directives.put(directive, value) != null;
        if (again && directive.isDecisive()) {
            flaw("holds a Job with two " + directive.keyword() + " directives");
        } else if ((again || isList) && !directive.isDecisive()) {
            lists.add(directive);
        }
        if (directive == Directive.ENABLED && !isYes(value.value()) && !isNo(value.value())) {
            flaw("holds a Job whose Enabled is neither yes nor no");
        }
    }

    private void malformed() {
        flaw("is not a text that a Director would read (braces, quotes or directives are out of order)");
    }

    private void flaw(String reason) {
        if (flaw == null) {
            flaw = reason;
        }
    }
}
