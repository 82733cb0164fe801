package dev.baculasync.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The command line as it was built, started as a user starts it. */
final class Distribution {
    private final Path program;

    Distribution(Path program) throws IOException {
        if (!Files.isExecutable(program)) {
            throw new IOException("there is no program " + program);
        }
        this.program = program;
    }

    /** One {@code sync}; its output goes to a file, which is named when it does not end well. */
    Measurement sync(Site site, Path baseDir, Catalog catalog) throws IOException, InterruptedException {
        Path output = site.root().resolve("sync.out");
        ProcessBuilder command = new ProcessBuilder(program.toString(), "sync")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = command.environment();
        String path = Optional.ofNullable(environment.get("PATH")).orElse("/usr/bin:/bin");
        Optional<String> javaHome = Optional.ofNullable(environment.get("JAVA_HOME"));
        Optional<String> javaOptions = Optional.ofNullable(environment.get("JAVA_OPTS"));
        environment.clear();
        javaHome.ifPresent(value -> environment.put("JAVA_HOME", value));
        environment.putAll(Map.of(
                "PATH",
                path,
                "HOME",
                site.root().toString(),
                "JAVA_OPTS",
                javaOptions.orElse("") + " -Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "CLIENTS_CONF",
                site.root().resolve("clients.conf").toString(),
                "BASE_DIR",
                baseDir.toString(),
                "BCONSOLE",
                site.root().resolve("bconsole").toString(),
                "DEDUP_ALGO",
                "none"));
        environment.putAll(catalog.settings());
        try {
            return Measurement.of(command);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + ": " + Files.readString(output).strip(), e);
        }
    }
}
