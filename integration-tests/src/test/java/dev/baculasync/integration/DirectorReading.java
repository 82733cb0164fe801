package dev.baculasync.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a Director makes of {@code director.conf} and the files that it names: their jobs, or why it refuses them all. Written
 * without a look at the code that writes and reads those files, so that the two check each other. As with a Director, a file
 * that ends in the middle of a resource is gone on with in the next one, which is then named as the one at fault.
 */
final class DirectorReading {
    /** What the rest of its configuration has. */
    static final Set<String> JOB_DEFS = Set.of("DefaultJob", "WindowsVMJob", "LinuxVMJob");

    private static final Map<String, Set<String>> OTHERS = Map.of(
            "jobdefs", JOB_DEFS,
            "storage", Set.of("File1"),
            "pool", Set.of("Default"),
            "schedule", Set.of("WeeklyCycle"),
            "messages", Set.of("Standard"));
    private static final Set<String> BASE_JOBS = Set.of("Base", "RestoreFiles");
    private static final String BASE_FILE_SET = "Base Set";
    private static final Set<String> JOB_DIRECTIVES = Set.of(
            "name",
            "jobdefs",
            "client",
            "fileset",
            "storage",
            "pool",
            "schedule",
            "messages",
            "enabled",
            "type",
            "level",
            "priority",
            "description",
            "maxruntime",
            "spooldata");
    private static final Set<String> FILE_SET_DIRECTIVES =
            Set.of("name", "include", "exclude", "description", "ignorefilesetchanges");
    private static final Pattern INSTANCE = Pattern.compile("instance=([0-9a-f-]{36})");

    /** A job, with the file that defines it. */
    record Job(String name, Path file, Map<String, String> directives) {
        String fileSet() {
            return directives.getOrDefault("fileset", "");
        }

        String client() {
            return directives.getOrDefault("client", "");
        }

        boolean isEnabled() {
            return List.of("yes", "true")
                    .contains(directives.getOrDefault("enabled", "yes").toLowerCase(Locale.ROOT));
        }
    }

    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Map<String, Set<UUID>> fileSets = new LinkedHashMap<>();
    private String refusal = "";

    private DirectorReading() {}

    /** The Director refuses, in these words. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String words) {
            super(words);
        }
    }

    /** The files of a list, or those of one VM. */
    private record Source(String text, List<Path> files, List<Integer> starts) {
        static Source of(List<Path> files) throws IOException, Refused {
            StringBuilder text = new StringBuilder();
            List<Integer> starts = new ArrayList<>();
            for (Path file : files) {
                if (!Files.isRegularFile(file)) {
                    throw new Refused(
                            "Config error: Cannot open included config file " + file + ": No such file or directory");
                }
                starts.add(text.length());
                text.append(Files.readString(file, StandardCharsets.ISO_8859_1)).append('\n');
            }
            return new Source(text.toString(), files, starts);
        }

        Path fileAt(int position) {
            int at = 0;
            while (at + 1 < starts.size() && starts.get(at + 1) <= position) {
                at++;
            }
            return files.get(at);
        }

        /** Where the file ends that holds this position. */
        int endOfFile(int position) {
            return starts.stream().filter(start -> start > position).findFirst().orElse(text.length()) - 1;
        }
    }

    /** The files that {@code director.conf} names, in its order; none when there is no such file. */
    static List<Path> namedBy(Path directorConf) throws IOException {
        return Files.exists(directorConf) ? namedBy(Files.readAllLines(directorConf)) : List.of();
    }

    /** The files that such lines name. */
    static List<Path> namedBy(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("@\"") && line.endsWith("\""))
                .map(line -> Path.of(line.substring(2, line.length() - 1).replaceAll("\\\\(.)", "$1")))
                .toList();
    }

    /** What a Director makes of the whole list. A list that is not there is an error. */
    static DirectorReading of(Path directorConf) throws IOException {
        DirectorReading reading = new DirectorReading();
        if (Files.exists(directorConf)) {
            reading.read(namedBy(directorConf));
        } else {
            reading.refusal = "Config error: Cannot open included config file " + directorConf;
        }
        return reading;
    }

    /** What it would make of these files alone. */
    static DirectorReading of(List<Path> files) throws IOException {
        DirectorReading reading = new DirectorReading();
        reading.read(files);
        return reading;
    }

    /** Why it refuses; empty when it does not. */
    Optional<String> refusal() {
        return refusal.isEmpty() ? Optional.empty() : Optional.of(refusal);
    }

    /** The jobs, by name; what could be read of them when it refuses. */
    Map<String, Job> jobs() {
        return jobs;
    }

    /** For each FileSet, the VMs that it names. */
    Map<String, Set<UUID>> fileSets() {
        return fileSets;
    }

    /** The VMs that a job backs up. */
    Set<UUID> vmsOf(Job job) {
        return fileSets.getOrDefault(job.fileSet(), Set.of());
    }

    private void read(List<Path> files) throws IOException {
        try {
            Source source = Source.of(files);
            new Parser(source).parse();
            resolve(source);
        } catch (Refused e) {
            refusal = e.getMessage();
        }
    }

    private void resolve(Source source) throws Refused {
        for (Job job : jobs.values()) {
            for (Map.Entry<String, Set<String>> kind : OTHERS.entrySet()) {
                String named = job.directives().get(kind.getKey());
                if (named != null && !kind.getValue().contains(named)) {
                    throw missing(kind.getKey(), named, job);
                }
            }
            if (!job.fileSet().equals(BASE_FILE_SET) && !fileSets.containsKey(job.fileSet())) {
                throw missing("fileset", job.fileSet(), job);
            }
            if (!job.directives().containsKey("client") || !job.directives().containsKey("jobdefs")) {
                throw new Refused("Config error: a directive is missing in Job \"" + job.name() + "\": of file "
                        + job.file() + " among " + source.files().size());
            }
        }
    }

    private static Refused missing(String kind, String named, Job job) {
        return new Refused("Config error: Could not find config resource \"" + named + "\" referenced as " + kind
                + "\n            : line 1, col 1 of file " + job.file() + "\n");
    }

    private final class Parser {
        private final Source source;
        private final String text;
        private int at;

        Parser(Source source) {
            this.source = source;
            this.text = source.text();
        }

        private Refused refused(String why) {
            return new Refused("Config error: " + why + "\n            : line 1, col 1 of file "
                    + source.fileAt(Math.min(at, text.length() - 1)) + "\n");
        }

        void parse() throws Refused {
            skipBlanks();
            while (at < text.length()) {
                readResource();
                skipBlanks();
            }
        }

        private void skipBlanks() {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '#') {
                    at = text.indexOf('\n', at);
                } else if (!Character.isWhitespace(c) && c != ';') {
                    return;
                } else {
                    at++;
                }
            }
        }

        private String word() throws Refused {
            skipBlanks();
            int start = at;
            while (at < text.length() && "={}#\";\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(start, at).replaceAll("\\s", "").toLowerCase(Locale.ROOT);
            if (word.isEmpty() && at < text.length() && text.charAt(at) != '}') {
                throw refused("Expected a keyword, got: " + text.charAt(at));
            }
            return word;
        }

        private char next() throws Refused {
            skipBlanks();
            if (at == text.length()) {
                throw refused("End of conf file reached with unclosed resource.");
            }
            return text.charAt(at++);
        }

        private void readResource() throws Refused {
            String kind = word();
            Path file = source.fileAt(Math.min(at, text.length() - 1));
            if (!Set.of("job", "fileset").contains(kind)) {
                throw refused("Expected a Resource name identifier, got: " + kind);
            }
            if (next() != '{') {
                throw refused("Expected a brace after " + kind);
            }
            Map<String, String> directives = new LinkedHashMap<>();
            Set<UUID> vms = new HashSet<>();
            Set<String> allowed = kind.equals("job") ? JOB_DIRECTIVES : FILE_SET_DIRECTIVES;
            for (String word = word(); !word.isEmpty(); word = word()) {
                if (!allowed.contains(word)) {
                    throw refused(
                            "Keyword \"" + word + "\" not permitted in this resource.\nPerhaps you left the trailing"
                                    + " brace off of the previous resource.");
                }
                char sign = next();
                if (sign == '=') {
                    directives.put(word, value());
                } else if (sign == '{') {
                    block(vms);
                } else {
                    throw refused("Expected an equals, got: " + sign);
                }
            }
            if (next() != '}') {
                throw refused("Expected a brace");
            }
            define(kind, file, directives, vms);
        }

        private void define(String kind, Path file, Map<String, String> directives, Set<UUID> vms) throws Refused {
            String name = directives.get("name");
            if (name == null) {
                throw refused("Name item is required in " + kind + " resource, but not found.");
            }
            boolean twice = kind.equals("job")
                    ? jobs.putIfAbsent(name, new Job(name, file, directives)) != null || BASE_JOBS.contains(name)
                    : fileSets.putIfAbsent(name, vms) != null || name.equals(BASE_FILE_SET);
            if (twice) {
                at--;
                throw refused(
                        "Attempt to define second " + kind + " resource named \"" + name + "\" is not permitted.");
            }
        }

        private void block(Set<UUID> vms) throws Refused {
            for (String word = word(); !word.isEmpty(); word = word()) {
                char sign = next();
                if (sign == '{' && word.equals("options")) {
                    block(vms);
                } else if (sign == '=' && !JOB_DIRECTIVES.contains(word)) {
                    Matcher instance = INSTANCE.matcher(value());
                    while (word.equals("plugin") && instance.find()) {
                        vms.add(UUID.fromString(instance.group(1)));
                    }
                } else {
                    throw refused("Keyword " + word + " not permitted in this resource");
                }
            }
            if (next() != '}') {
                throw refused("Expected a brace");
            }
        }

        private String value() throws Refused {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            if (at < text.length() && text.charAt(at) == '"') {
                return quoted();
            }
            int start = at;
            while (at < text.length() && "\n;#},{".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String value = text.substring(start, at).replaceAll("\\s", "");
            if (value.isEmpty()) {
                throw refused("Expected a value");
            }
            return value;
        }

        private String quoted() throws Refused {
            int end = source.endOfFile(at);
            StringBuilder value = new StringBuilder();
            for (at++; at < end; at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                value.append(c == '\\' ? text.charAt(++at) : c);
            }
            throw refused("Unterminated string");
        }
    }

    @Override
    public String toString() {
        return refusal.isEmpty()
                ? jobs.keySet().stream().sorted().collect(Collectors.joining(" "))
                : refusal + Arrays.toString(jobs.keySet().toArray());
    }
}
