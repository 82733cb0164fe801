package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The distribution as a user has it: its launcher, in a process of its own, with nothing but the environment given. */
final class Program {
    private static final Path LAUNCHER = Path.of("..", "examples", "cli", "target", "bacula-openstack-sync", "bin")
            .resolve("bacula-openstack-sync")
            .toAbsolutePath()
            .normalize();
    private static final long LONGEST_SECONDS = 240;

    private final Path folder;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Duration ahead = Duration.ZERO;

    /** What one run of the program left. */
    record Result(int exitCode, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }

        /** The outcome of each VM, by its display name. */
        Map<String, String> outcomes() throws IOException {
            Map<String, String> outcomes = new LinkedHashMap<>();
            for (JsonNode client : json().get("clients")) {
                for (JsonNode vm : client.get("vms")) {
                    outcomes.put(vm.get("vm").textValue(), vm.get("outcome").textValue());
                }
            }
            return outcomes;
        }
    }

    /**
     * @param folder an empty folder to run in
     */
    Program(Path folder) {
        assertThat(LAUNCHER).as("the distribution; build it with mvn package").isExecutable();
        this.folder = folder;
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    Program with(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    Program with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Program without(String name) {
        environment.remove(name);
        return this;
    }

    /** From now on the program believes that it is later by this much, or earlier when that is negative. */
    Program laterBy(Duration length) {
        ahead = ahead.plus(length);
        return this;
    }

    /** How much later than it is the program believes it to be. */
    Duration ahead() {
        return ahead;
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("the program does not end");
        }
        return new Result(
                process.exitValue(),
                Files.readString(folder.resolve("out"), StandardCharsets.UTF_8),
                Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
    }

    Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        if (!ahead.isZero()) {
            builder.environment()
                    .put("LD_PRELOAD", BaculaHome.orSkip().fakeTime().toString());
            builder.environment().put("FAKETIME", String.format("%+ds", ahead.toSeconds()));
            builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            // Otherwise each wait with a time-out of the virtual machine ends at once and begins again.
            builder.environment().put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        }
        return builder.start();
    }

    /**
     * When a file is there that tells how far it is, ends it as the kernel does when memory runs out: the program itself
     * and nothing else, without a word.
     */
    static void kill(Process process, Path reached) throws Exception {
        List<ProcessHandle> children = List.of();
        try {
            Site.await(reached);
            children = process.descendants().toList();
        } finally {
            process.destroyForcibly().waitFor();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
