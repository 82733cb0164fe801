package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The backup proxy host: the kit's scripts as they are, a settings folder, and the locks that are held. */
public final class BackupHost {
    /** The OpenStack server that stands for the VM. */
    public static final String UUID = "014c5892-5efb-4efb-bd60-4e038800475d";

    /** The kit, as it is deployed. */
    public static final Path KIT =
            Path.of("..", "packaging", "quiesce").toAbsolutePath().normalize();

    private static final Pattern WINDOW = Pattern.compile("it was locked for (\\d+) ms");

    private final Path folder;
    private final Path baseDir;

    /**
     * @param folder an empty folder
     * @param baseDir where the job files are
     */
    public BackupHost(Path folder, Path baseDir) throws IOException {
        this.folder = folder;
        this.baseDir = baseDir;
        Files.createDirectories(etc());
        Files.createDirectories(folder.resolve("runs"));
        Files.createDirectories(folder.resolve("bin"));
        Files.setPosixFilePermissions(etc(), PosixFilePermissions.fromString("rwx------"));
    }

    BackupHost(Path folder) throws IOException {
        this(folder, folder.resolve("openstack"));
    }

    /** For {@code QUIESCE_ETC}. */
    public Path etc() {
        return folder.resolve("etc");
    }

    Path stateFolder() {
        return folder.resolve("state");
    }

    /** Settings for quick tests: a lost connection shows after seconds, the limit is far away. */
    static Map<String, String> quick() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("MAX_LOCK_SECONDS", "900");
        settings.put("LOCK_WAIT_SECONDS", "10");
        settings.put("HEARTBEAT_SECONDS", "2");
        settings.put("HEARTBEAT_TIMEOUT", "10");
        return settings;
    }

    /** Leads to a VM: its key and address, and these settings over the quick ones. */
    public void know(Vm vm, Map<String, String> more) throws IOException {
        Map<String, String> common = quick();
        common.put("STATE_DIR", stateFolder().toString());
        common.put("BASE_DIR", baseDir.toString());
        common.put("SSH", vm.program("ssh").toString());
        common.put("OPENSTACK", folder.resolve("openstack-program").toString());
        Map<String, String> own = new LinkedHashMap<>();
        own.put("SSH_HOST", "127.0.0.1");
        own.put("SSH_PORT", Integer.toString(vm.port()));
        own.put("SSH_USER", Vm.USER);
        own.putAll(more);
        write("quiesce.env", common);
        write(UUID + ".env", own);
        installJq(vm.home());
        Path key = etc().resolve("id_ed25519");
        Files.writeString(key, Files.readString(vm.loginKey()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(etc().resolve("known_hosts"), UUID + " " + vm.hostKey() + "\n");
    }

    /** Gives it a {@code jq}, which a machine that only builds need not have. */
    void installJq(VmHome home) throws IOException {
        home.install("bin/jq", folder.resolve("bin").resolve("jq"));
    }

    void write(String file, Map<String, String> settings) throws IOException {
        // In quotes, so that blanks at the ends are seen; nothing in a value is special.
        writeText(
                file,
                settings.entrySet().stream()
                        .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"\n")
                        .collect(Collectors.joining()));
    }

    void writeText(String file, String text) throws IOException {
        Path path = etc().resolve(file);
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    /** What {@code openstack server show} will print, and how it ends. */
    void openStackSays(String json, int exitCode) throws IOException {
        Path answer = Files.writeString(folder.resolve("server.json"), json);
        VmHome.writeScript(folder.resolve("openstack-program"), """
                [ "$*" = "server show -f json %s" ] || exit 64
                cat '%s'
                exit %d
                """.formatted(UUID, answer, exitCode));
    }

    /** Runs {@code mysql-lock.sh lock UUID} and the like. */
    Run start(String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(KIT.resolve(script).toString()));
        command.addAll(List.of(arguments));
        return Run.start(folder.resolve("runs"), environment(), command);
    }

    Map<String, String> environment() {
        return Map.of("QUIESCE_ETC", etc().toString(), "PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    }

    /** Locks for a job; must work. */
    void lock(String driver, String job) throws IOException, InterruptedException {
        Run run = start(driver + "-lock.sh", "lock", UUID, job);
        assertThat(run.exitCode()).as(run.text()).isZero();
        assertThat(run.text()).contains("is locked");
    }

    /** Must not get the lock; gives what was said. */
    String lockFails(String driver, String job) throws IOException, InterruptedException {
        Run run = start(driver + "-lock.sh", "lock", UUID, job);
        assertThat(run.exitCode()).as(run.text()).isNotZero();
        return run.text();
    }

    /** Unlocks; must find the lock as it should be. Gives what was said. */
    String unlock(String driver, String job) throws IOException, InterruptedException {
        Run run = start(driver + "-lock.sh", "unlock", UUID, job);
        assertThat(run.exitCode()).as(run.text()).isZero();
        return run.text();
    }

    /** Unlocks a lock that was lost; must say so. */
    String unlockFindsItLost(String driver, String job) throws IOException, InterruptedException {
        Run run = start(driver + "-lock.sh", "unlock", UUID, job);
        assertThat(run.exitCode()).as(run.text()).isEqualTo(1);
        assertThat(run.text()).contains("LOCK LOST").contains("NOT consistent");
        return run.text();
    }

    static long windowMillis(String unlocked) {
        Matcher window = WINDOW.matcher(unlocked);
        assertThat(window.find()).as(unlocked).isTrue();
        return Long.parseLong(window.group(1));
    }

    /** A line of the state file. */
    String state(String key) throws IOException {
        Path file = stateFolder().resolve(UUID + ".state");
        if (!Files.exists(file)) {
            return "";
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .collect(Collectors.joining());
    }

    /** The process that holds the lock, and below it the connection's. */
    ProcessHandle holder() throws IOException {
        return ProcessHandle.of(Long.parseLong(state("pid"))).orElseThrow();
    }

    ProcessHandle ssh() throws IOException {
        return holder().descendants()
                .filter(process -> Vm.words(process).contains("/ssh -F none"))
                .filter(process -> !Vm.words(process).startsWith("timeout"))
                .findFirst()
                .orElseThrow();
    }

    /** Kills all that the lock has on this host, at once. */
    void killEverything() throws IOException {
        ProcessHandle holder = holder();
        List<ProcessHandle> all = holder.descendants().collect(Collectors.toList());
        holder.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
