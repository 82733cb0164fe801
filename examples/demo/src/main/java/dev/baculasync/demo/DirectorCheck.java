package dev.baculasync.demo;

import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Has a real Director read the generated files, where one is installed: {@code bacula-dir -t} on a small configuration. */
final class DirectorCheck {
    private static final Pattern WANTED_VERSION = Pattern.compile("Wanted (\\d+), got \\d+");

    private final Path program;

    private DirectorCheck(Path program) {
        this.program = program;
    }

    /**
     * @param passed whether the Director accepts the files
     * @param told what it said, or that it said nothing
     */
    record Result(boolean passed, String told) {}

    /** The Director named by {@code BACULA_DIR}, or one at a usual place. */
    static Optional<DirectorCheck> find(Map<String, String> environment) {
        Stream<Path> named = Stream.ofNullable(environment.get("BACULA_DIR")).map(Path::of);
        Stream<Path> onPath = Stream.of(environment.getOrDefault("PATH", "").split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "bacula-dir"));
        Stream<Path> usual = Stream.of(Path.of("/usr/sbin/bacula-dir"), Path.of("/opt/bacula/bin/bacula-dir"));
        return Stream.of(named, onPath, usual)
                .flatMap(paths -> paths)
                .filter(Files::isExecutable)
                .findFirst()
                .map(DirectorCheck::new);
    }

    Path program() {
        return program;
    }

    /** Checks a configuration file; the catalog it names must be up. */
    Result check(Path configuration, EmbeddedCatalog catalog) throws IOException, InterruptedException, SQLException {
        Result result = run(configuration);
        Matcher wanted = WANTED_VERSION.matcher(result.told());
        if (!result.passed() && wanted.find()) {
            // This Director belongs to another version of the catalog, and looks at nothing else of it in a check.
            catalog.setVersion(Integer.parseInt(wanted.group(1)));
            return run(configuration);
        }
        return result;
    }

    private Result run(Path configuration) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bacula-dir", ".out");
        try {
            Process process = new ProcessBuilder(program.toString(), "-t", "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Result(false, "no answer within 60 seconds");
            }
            String told = new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1).strip();
            return new Result(
                    process.exitValue() == 0,
                    told.isEmpty() ? "exit status " + process.exitValue() + ", no message" : told);
        } finally {
            Files.delete(output);
        }
    }

    /** Writes a configuration around the generated files, as small as a Director accepts. */
    static Path writeConfiguration(DemoTree tree, List<OpenStackInstance> instances, int catalogPort)
            throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# A small Director configuration around the generated files: see its last line.\n");
        resource(text, "Director", "demo-dir", """
                DirPort = 19101
                QueryFile = "/dev/null"
                WorkingDirectory = "%s"
                PidDirectory = "%s"
                Password = "demo"
                Messages = "Standard"
                """.formatted(tree.root(), tree.root()));
        resource(text, "Catalog", "DemoCatalog", """
                DBName = "%s"
                DBUser = "%s"
                DBPassword = ""
                DBAddress = "127.0.0.1"
                DBPort = %d
                """.formatted(
                        EmbeddedCatalog.DATABASE, EmbeddedCatalog.USER, catalogPort));
        resource(text, "Messages", SimulatedDirector.MESSAGES, "Console = all\n");
        resource(text, "Pool", SimulatedDirector.POOL, "PoolType = Backup\n");
        resource(text, "Schedule", SimulatedDirector.SCHEDULE, "Run = Incremental at 23:00\n");
        resource(text, "Storage", SimulatedDirector.STORAGE, """
                Address = "127.0.0.1"
                Password = "demo"
                Device = "FileStorage"
                MediaType = "File"
                """);
        for (String jobDefs : new TreeSet<>(SimulatedDirector.JOB_DEFS)) {
            resource(text, "JobDefs", jobDefs, "Type = Backup\nLevel = Incremental\n");
        }
        for (OpenStackInstance instance : instances) {
            resource(text, "Client", instance.client(), """
                    Address = "127.0.0.1"
                    Password = "demo"
                    Catalog = "DemoCatalog"
                    """);
        }
        text.append("@\"").append(tree.directorConf()).append("\"\n");
        return Files.writeString(tree.root().resolve("bacula-dir.conf"), text);
    }

    private static void resource(StringBuilder text, String kind, String name, String directives) {
        text.append(kind).append(" {\n  Name = \"").append(name).append("\"\n");
        text.append(directives.indent(2)).append("}\n");
    }
}
