package dev.baculasync.filestore;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import dev.baculasync.filestore.ClientsConfException.Problem;
import dev.baculasync.filestore.disk.IoReason;
import dev.baculasync.filestore.list.DirectorConf;
import dev.baculasync.filestore.syntax.MessageText;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.InstanceConflict;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code clients.conf}: one line for each OpenStack instance, fields separated by blanks or tabs,
 * {@code datacenter openstack client proxy_server job_prefix [jobdefs]}; {@code #} starts a comment.
 */
public final class ClientsConf {
    /** A file that is longer is not a clients.conf. */
    private static final Splitter BLANKS = Splitter.on(CharMatcher.anyOf(" \t")).omitEmptyStrings();

    private static final int MAX_BYTES = 1 << 20;

    /** What must be left for the VM's own part of a Job's or FileSet's name, in bytes. */
    private static final int LEAST_VM_PART = 40;

    private static final List<String> FIELDS =
            List.of("datacenter", "openstack", "client", "proxy_server", "job_prefix", "jobdefs");

    /** Names that stand for something else in the base directory. */
    private static final Set<String> TAKEN_NAMES = Set.of(DirectorConf.FILE_NAME, "clients.conf");

    private final Path file;
    private final List<Line> lines = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    private ClientsConf(Path file) {
        this.file = file;
    }

    /** A line with the right number of fields. */
    private record Line(int number, List<String> fields) {
        String datacenter() {
            return fields.get(0);
        }

        String openstack() {
            return fields.get(1);
        }

        String client() {
            return fields.get(2);
        }

        String jobPrefix() {
            return fields.get(4);
        }

        String fileSetPrefix() {
            return OpenStackInstance.fileSetPrefix(datacenter(), openstack());
        }

        @Nullable
        String jobDefs() {
            return fields.size() > 5 ? fields.get(5) : null;
        }
    }

    /**
     * Reads and checks a whole file.
     *
     * @param file the file; a symbolic link is followed
     * @return the instances, in the order of their lines; at least one
     * @throws ClientsConfException when anything at all is wrong with it, with every reason
     */
    public static List<OpenStackInstance> read(Path file) {
        return read(file, false);
    }

    /**
     * As {@link #read}, for when the last instance may have been taken out.
     *
     * @return the instances, in the order of their lines; perhaps none
     */
    public static List<OpenStackInstance> readPerhapsEmpty(Path file) {
        return read(file, true);
    }

    /**
     * What a file says, good and bad.
     *
     * @param instances the instances of the lines in which nothing is wrong, in their order
     * @param problems everything that is wrong, in the order of the lines
     */
    public record Inspection(List<OpenStackInstance> instances, List<Problem> problems) {
        public Inspection {
            instances = List.copyOf(instances);
            problems = List.copyOf(problems);
        }
    }

    /** Reads and checks a whole file for somebody who is about to mend it. A file with problems is not to be worked with. */
    public static Inspection inspect(Path file) {
        ClientsConf conf = parse(file, false);
        Set<Integer> bad = conf.problems.stream().map(Problem::line).collect(Collectors.toSet());
        conf.lines.removeIf(line -> bad.contains(line.number()));
        return new Inspection(conf.instances(), conf.problems);
    }

    private static List<OpenStackInstance> read(Path file, boolean mayBeEmpty) {
        ClientsConf conf = parse(file, mayBeEmpty);
        if (!conf.problems.isEmpty()) {
            throw new ClientsConfException(conf.problems);
        }
        return conf.instances();
    }

    private static ClientsConf parse(Path file, boolean mayBeEmpty) {
        ClientsConf conf = new ClientsConf(file);
        conf.readLines();
        conf.checkFields();
        conf.checkConflicts();
        if (conf.lines.isEmpty() && conf.problems.isEmpty() && !mayBeEmpty) {
            conf.problem(
                    0, "names no OpenStack instance; add a line \"" + String.join(" ", FIELDS.subList(0, 5)) + "\"");
        }
        conf.problems.sort(Comparator.comparingInt(Problem::line));
        return conf;
    }

    private List<OpenStackInstance> instances() {
        return lines.stream()
                .map(line -> new OpenStackInstance(
                        line.datacenter(),
                        line.openstack(),
                        line.client(),
                        line.fields().get(3),
                        line.jobPrefix(),
                        line.jobDefs()))
                .toList();
    }

    private void readLines() {
        byte[] bytes;
        try {
            bytes = readBytes();
        } catch (IOException e) {
            problem(0, "cannot be read: " + IoReason.of(e));
            return;
        }
        // A line feed is the same byte in UTF-8 and nowhere part of another character, so lines are cut first: a wrong
        // byte then has a line number.
        int number = 0;
        int start = bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF
                ? 3
                : 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            number++;
            readLine(number, bytes, start, end > start && bytes[end - 1] == '\r' ? end - 1 : end);
            start = end + 1;
        }
    }

    private byte[] readBytes() throws IOException {
        // Anything else could be without an end, or never begin.
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new IOException("it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it is longer than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    private void readLine(int number, byte[] bytes, int start, int end) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            problem(number, "holds bytes that are not UTF-8");
            return;
        }
        int comment = text.indexOf('#');
        List<String> fields = BLANKS.splitToList(comment < 0 ? text : text.substring(0, comment));
        if (fields.isEmpty()) {
            return;
        }
        if (fields.size() < 5 || fields.size() > 6) {
            problem(
                    number,
                    "has " + fields.size() + (fields.size() == 1 ? " field" : " fields") + ", but must have 5 or 6: "
                            + String.join(" ", FIELDS.subList(0, 5)) + " [jobdefs]");
            return;
        }
        lines.add(new Line(number, fields));
    }

    private void checkFields() {
        for (Line line : lines) {
            for (int i = 0; i < line.fields().size(); i++) {
                String field = FIELDS.get(i);
                String value = line.fields().get(i);
                Optional<String> illegal = BaculaName.problemOf(value);
                if (illegal.isPresent()) {
                    problem(line.number(), field + " " + MessageText.quoted(value) + " " + illegal.get());
                } else if (i < 2) {
                    checkDirectory(line.number(), field, value);
                }
            }
            String prefix = line.jobPrefix();
            if (prefix.startsWith(".") || prefix.startsWith("-")) {
                problem(line.number(), "job_prefix \"" + prefix + "\" begins with . or -");
            }
            checkRoom(line.number(), "job_prefix", prefix);
            checkRoom(line.number(), "FileSet prefix", line.fileSetPrefix());
        }
    }

    private void checkDirectory(int number, String field, String value) {
        if (value.startsWith(".") || value.startsWith("-")) {
            problem(number, field + " \"" + value + "\" is not a safe directory name: it begins with . or -");
        } else if (TAKEN_NAMES.contains(value)) {
            problem(number, field + " \"" + value + "\" is the name of a file of this tool");
        }
    }

    private void checkRoom(int number, String what, String prefix) {
        int left = BaculaName.MAX_BYTES - prefix.length();
        // An illegal name is told already; only legal ones have as many bytes as characters.
        if (left < LEAST_VM_PART && BaculaName.problemOf(prefix).isEmpty()) {
            problem(
                    number,
                    what + " \"" + prefix + "\" leaves " + left + " bytes of a resource name for the VM (at least "
                            + LEAST_VM_PART + " are needed)");
        }
    }

    private void checkConflicts() {
        List<InstanceConflict.Identity> identities = lines.stream()
                .map(line -> new InstanceConflict.Identity(
                        MessageText.of(line.datacenter()),
                        MessageText.of(line.openstack()),
                        MessageText.of(line.client()),
                        MessageText.of(line.jobPrefix())))
                .toList();
        for (InstanceConflict conflict : InstanceConflict.among(identities)) {
            problem(
                    lines.get(conflict.index()).number(),
                    conflict.describe("line " + lines.get(conflict.other()).number()));
        }
    }

    private void problem(int line, String reason) {
        problems.add(new Problem(file, line, reason));
    }
}
