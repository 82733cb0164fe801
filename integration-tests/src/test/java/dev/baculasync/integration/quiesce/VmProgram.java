package dev.baculasync.integration.quiesce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The program that a VM gets over SSH, here without SSH: with programs of the test's own in its PATH. */
final class VmProgram {
    private static final String NONCE = "nonce-of-the-test";

    private final Path folder;
    private final String driver;
    private final Map<String, String> settings = new LinkedHashMap<>();

    VmProgram(Path folder, String driver, int wait, int limit) throws IOException {
        this.folder = folder;
        this.driver = driver;
        Files.createDirectories(programs());
        for (String key : List.of(
                "FREEZE_COMMAND",
                "THAW_COMMAND",
                "DB_USER",
                "DB_PASSWORD",
                "DB_HOST",
                "DB_PORT",
                "DB_SOCKET",
                "DB_NAME",
                "DB_SUDO_USER")) {
            with(key, "");
        }
        with("MAX_LOCK_SECONDS", Integer.toString(limit));
        with("LOCK_WAIT_SECONDS", Integer.toString(wait));
        with("HEARTBEAT_TIMEOUT", "3600");
    }

    VmProgram with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    private Path programs() {
        return folder.resolve("bin");
    }

    void program(String name, String text) throws IOException {
        VmHome.writeScript(programs().resolve(name), text);
    }

    /** The program itself, without its start. */
    String text() throws IOException {
        Path vm = BackupHost.KIT.resolve("quiesce/vm");
        return Files.readString(vm.resolve("session.sh")) + Files.readString(vm.resolve(driver + ".sh"));
    }

    /** Starts it with its settings, and then these lines. */
    Run start(String... lines) throws IOException {
        return start(Map.of(), "exec bash --norc --noprofile -s", lines);
    }

    /** Alike, and its input stays open. */
    Run startAndWait(Map<String, String> environment) throws IOException {
        return start(environment, "{ cat; sleep 600; } | bash --norc --noprofile -s");
    }

    private Run start(Map<String, String> environment, String command, String... lines) throws IOException {
        String input = text() + "main\nnonce=" + NONCE + "\n"
                + settings.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                        .collect(Collectors.joining())
                + "end\n"
                + List.of(lines).stream().map(line -> line + "\n").collect(Collectors.joining());
        return run(environment, List.of("bash", "-c", command), input);
    }

    /** Runs a script in place of the program's start. */
    Run play(String script) throws IOException {
        String values = settings.entrySet().stream()
                .map(entry -> "setting[" + entry.getKey() + "]='" + entry.getValue() + "'\n")
                .collect(Collectors.joining());
        return run(Map.of(), List.of("bash", "--norc", "--noprofile", "-s"), text() + values + script);
    }

    private Run run(Map<String, String> environment, List<String> command, String input) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put("PATH", programs() + ":" + System.getenv("PATH"));
        return Run.start(Files.createDirectories(folder.resolve("runs")), all, command, input);
    }

    /** What it has told, without the word that shows that it was it. */
    static List<String> told(Run run) throws IOException {
        return run.text()
                .lines()
                .filter(line -> line.startsWith(NONCE + " "))
                .map(line -> line.substring(NONCE.length() + 1))
                .collect(Collectors.toList());
    }
}
