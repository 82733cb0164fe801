package dev.baculasync.filestore;

import dev.baculasync.filestore.BaculaScanner.Token;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.JobSpec;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.OpenStackInstance;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
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
    private @Nullable Span name;
    private @Nullable Span jobDefs;
    private @Nullable Span enabled;
    private @Nullable Span client;
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
    static byte[] write(OpenStackInstance instance, ConfigEdit.Create create, Timestamps timestamps) {
        StringBuilder out = new StringBuilder(1024);
        appendHeader(out, Header.VM, create.displayName());
        appendHeader(out, Header.UUID, create.uuid().toString());
        appendHeader(out, Header.DATACENTER, instance.datacenter());
        appendHeader(out, Header.OPENSTACK, instance.openstack());
        appendHeader(out, Header.CLIENT, instance.client());
        appendHeader(out, Header.STATUS, JobHeaders.text(JobStatus.ACTIVE));
        out.append("# Managed by bacula-openstack-sync | created: ")
                .append(timestamps.write(create.createdAt()))
                .append("\n\nJob {\n");
        JobSpec job = create.job();
        appendDirective(out, "Name", job.name());
        appendDirective(out, "JobDefs", job.jobDefs());
        appendDirective(out, "Client", job.client());
        appendDirective(out, "FileSet", job.fileSet());
        appendDirective(out, "Storage", job.storage());
        appendDirective(out, "Pool", job.pool());
        appendDirective(out, "Schedule", job.schedule());
        appendDirective(out, "Messages", job.messages());
        out.append("  Enabled    = yes\n}\n");
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void appendHeader(StringBuilder out, Header header, String value) {
        out.append(header.start()).append(HeaderText.escape(value)).append('\n');
    }

    private static void appendDirective(StringBuilder out, String keyword, String value) {
        out.append("  ")
                .append(keyword)
                .append(" ".repeat(11 - keyword.length()))
                .append("= \"");
        out.append(value).append("\"\n");
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

    String jobName() {
        return Objects.requireNonNull(name).value();
    }

    @Nullable
    Span jobDefs() {
        return jobDefs;
    }

    @Nullable
    Span client() {
        return client;
    }

    @Nullable
    Span enabledValue() {
        return enabled;
    }

    /** What the Job says; a Job that says nothing is enabled. */
    boolean enabled() {
        return enabled == null || isYes(enabled.value());
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
                    } else if (name == null) {
                        flaw("holds a Job without a Name");
                    } else if (!BaculaName.isLegal(name.value())) {
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
            boolean isName = scanner.wordIs("name");
            boolean isJobDefs = scanner.wordIs("jobdefs");
            boolean isEnabled = scanner.wordIs("enabled");
            boolean isClient = scanner.wordIs("client");
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
            if (isClient && (token == Token.WORD || token == Token.STRING)) {
                client = new Span(scanner.start(), scanner.end(), scanner.value());
            } else if (isName || isJobDefs || isEnabled) {
                if (token != Token.WORD && token != Token.STRING) {
                    return false;
                }
                Span value = new Span(scanner.start(), scanner.end(), scanner.value());
                if (isName) {
                    checkOnce("Name", name);
                    name = value;
                } else if (isJobDefs) {
                    checkOnce("JobDefs", jobDefs);
                    jobDefs = value;
                } else {
                    checkOnce("Enabled", enabled);
                    enabled = value;
                    if (!isYes(value.value()) && !isNo(value.value())) {
                        flaw("holds a Job whose Enabled is neither yes nor no");
                    }
                }
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

    private void checkOnce(String directive, @Nullable Span earlier) {
        if (earlier != null) {
            flaw("holds a Job with two " + directive + " directives");
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
