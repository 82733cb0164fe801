package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A VM as the backup host sees it: a real SSH server on loopback, with programs in its PATH and nothing of ours. */
public final class Vm implements AutoCloseable {
    /** What tests of locks hold while they run: the VMs here share the one lock of this machine. */
    public static final String LOCK = "the lock of this machine";

    private static final String LOCK_SHELL = "bash --norc --noprofile -s";

    /** The user that may log in. */
    public static final String USER = "vm";

    private final VmHome home;
    private final Path folder;
    private final List<String> asLogin;
    private final List<Process> daemons = new ArrayList<>();
    private final Thread lastResort = new Thread(this::killAll, "kill-vm");
    private final int sshPort;
    private final Relay relay;

    private Vm(VmHome home, Path folder, List<String> asLogin) throws IOException {
        this.home = home;
        this.folder = folder;
        this.asLogin = asLogin;
        sshPort = freePort();
        relay = new Relay(sshPort);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Starts it in an empty folder, or skips the test where the packages are missing. */
    public static Vm start(Path folder) throws Exception {
        return start(folder, VmHome.asNobody());
    }

    /** Alike, and the SSH server and what it starts is put behind these words. */
    static Vm start(Path folder, List<String> asLogin) throws Exception {
        Vm vm = new Vm(VmHome.orSkip(), folder, asLogin);
        try {
            vm.startSsh();
            return vm;
        } catch (Exception | Error e) {
            vm.close();
            throw e;
        }
    }

    private void startSsh() throws Exception {
        Files.createDirectories(loginFolder());
        Files.createDirectories(programs());
        for (String name : List.of("mariadb", "jq", "ssh", "ssh-keygen")) {
            home.install("bin/" + name, program(name));
        }
        home.install("bin/mariadb", program("mysql"));
        home.install(home.postgresProgram("psql"), program("psql"));
        for (String key : List.of("host-key", "login-key")) {
            run(List.of(program("ssh-keygen").toString(), "-q", "-t", "ed25519", "-N", "", "-f", path(key)))
                    .orFail();
        }
        List<String> id = new ArrayList<>(asLogin);
        id.addAll(List.of("id", "-u"));
        String uid = run(id).orFail().strip();
        Files.writeString(
                folder.resolve("passwd"), USER + ":x:" + uid + ":" + uid + "::" + loginFolder() + ":/bin/bash\n");
        Files.writeString(folder.resolve("group"), USER + ":x:" + uid + ":\n");
        Files.writeString(folder.resolve("sshd_config"), """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PidFile none
                SetEnv PATH=%s:/usr/bin:/bin TMPDIR=%s
                """.formatted(
                        sshPort, path("host-key"), path("login-key.pub"), programs(), loginFolder()));
        Map<String, String> environment = Map.of(
                "LD_PRELOAD", "libnss_wrapper.so",
                "NSS_WRAPPER_PASSWD", path("passwd"),
                "NSS_WRAPPER_GROUP", path("group"));
        Process server = daemon(
                "sshd",
                asLogin,
                environment,
                List.of(home.program("sbin/sshd").toString(), "-D", "-e", "-f", path("sshd_config")));
        Await.until("the SSH server listens", () -> listens(sshPort) || !server.isAlive());
        assertThat(server.isAlive()).as(printed("sshd")).isTrue();
    }

    /** Puts a shell script into the PATH of a login. */
    void installScript(String name, String text) throws IOException {
        VmHome.writeScript(program(name), text);
    }

    /** Starts a daemon as nobody, with the unpacked libraries. */
    Process daemon(String name, Map<String, String> environment, List<String> command) throws IOException {
        return daemon(name, VmHome.asNobody(), environment, command);
    }

    private Process daemon(String name, List<String> as, Map<String, String> environment, List<String> command)
            throws IOException {
        List<String> words = new ArrayList<>(as);
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        builder.environment().put("LD_LIBRARY_PATH", home.libraryPath());
        builder.environment().putAll(environment);
        Process process = builder.start();
        daemons.add(process);
        return process;
    }

    /** Runs a program of this VM, or any other, to its end. */
    Run run(List<String> command) throws IOException {
        return run(command, "");
    }

    Run run(List<String> command, String input) throws IOException {
        return Run.start(Files.createDirectories(folder.resolve("runs")), Map.of(), command, input);
    }

    /** Alike, as the user that daemons run as, and with the unpacked libraries. */
    Run runAsDaemon(List<String> command, String input) throws IOException {
        List<String> words = new ArrayList<>(VmHome.asNobody());
        words.addAll(command);
        Map<String, String> environment = new HashMap<>(Map.of("LD_LIBRARY_PATH", home.libraryPath()));
        return Run.start(Files.createDirectories(folder.resolve("runs")), environment, words, input);
    }

    VmHome home() {
        return home;
    }

    Path folder() {
        return folder;
    }

    Path loginFolder() {
        return folder.resolve("login");
    }

    private Path programs() {
        return folder.resolve("bin");
    }

    Path program(String name) {
        return programs().resolve(name);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    /** Where a backup host reaches it, through a network that can fail. */
    int port() {
        return relay.port();
    }

    Relay network() {
        return relay;
    }

    Path loginKey() {
        return folder.resolve("login-key");
    }

    /** Type and value, as in a known_hosts file. */
    String hostKey() throws IOException {
        String[] words = Files.readString(folder.resolve("host-key.pub")).split(" ");
        return words[0] + " " + words[1];
    }

    /**
     * The shell of the one lock that is held here, if there is one: the program that a login runs. When its connection has
     * ended it is no child of the SSH server's any more, and when it was killed its session is such a shell.
     */
    List<ProcessHandle> lockShells() {
        return ProcessHandle.allProcesses()
                .filter(process -> words(process).startsWith(LOCK_SHELL))
                .filter(this::isOfLogin)
                .filter(process -> process.parent()
                        .filter(parent -> !words(parent).startsWith(LOCK_SHELL))
                        .isPresent())
                .collect(Collectors.toList());
    }

    private boolean isOfLogin(ProcessHandle process) {
        try {
            return Files.isSameFile(loginFolder(), Path.of("/proc/" + process.pid() + "/cwd"));
        } catch (IOException e) {
            // It has ended since, or is somebody else's.
            return false;
        }
    }

    static void signal(String signal, ProcessHandle process) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start();
        assertThat(kill.waitFor()).as(words(process)).isZero();
    }

    static String words(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /** Every file that a login or a daemon here could have written, with what is in it. */
    Map<Path, String> files() throws IOException {
        Map<Path, String> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(loginFolder())) {
            for (Path file : all.filter(Files::isRegularFile).collect(Collectors.toList())) {
                files.put(file, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }

    Path log(String name) {
        return folder.resolve(name + ".log");
    }

    String printed(String name) {
        try {
            return Files.readString(log(name));
        } catch (IOException e) {
            return e.toString();
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void killAll() {
        for (Process daemon : daemons) {
            daemon.descendants().forEach(ProcessHandle::destroyForcibly);
            daemon.destroyForcibly();
        }
    }

    @Override
    public void close() throws IOException {
        killAll();
        daemons.forEach(daemon -> daemon.onExit().join());
        relay.close();
        Runtime.getRuntime().removeShutdownHook(lastResort);
    }
}
