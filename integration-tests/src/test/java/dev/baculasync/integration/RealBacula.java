package dev.baculasync.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real Director, File Daemon, Storage Daemon and catalog in a temporary folder, for one test class. All clients lead to
 * the one File Daemon. What the community edition lacks, {@code .query}, is answered by a stand-in for bconsole
 * (see {@link #answerQuery}); everything else goes through it to the real one.
 */
final class RealBacula implements AutoCloseable {
    /** How the Director reads the files under {@code BASE_DIR}. */
    enum Include {
        /** One file that lists all others, replaced in one rename. */
        DIRECTOR_CONF,
        /** A command that lists what lies in the folder at that moment. */
        FIND;

        String line(Path baseDir) {
            return switch (this) {
                case DIRECTOR_CONF -> "@\"" + baseDir.resolve("director.conf") + "\"";
                case FIND -> "@|\"find " + baseDir + " -type f ( -name job -o -name fileset ) -printf @%p\\\\n\"";
            };
        }
    }

    /** What a program printed, standard error included, and how it ended. */
    record Output(int exitCode, String text) {}

    /** How a job ended: Bacula's one-letter status, {@code T} for a good backup. */
    record JobRun(int jobId, String status, String transcript) {}

    /**
     * A proxy server's name with which the jobs that we generate really run. File Daemons have no OpenStack plugin here,
     * so {@code bpipe} serves under its name, and reads {@code openstack: proxy_server=FILE:READER:WRITER instance=UUID}.
     */
    static final String RUNNABLE_PROXY = "proxy:id:cat";

    private static final Pattern QUEUED = Pattern.compile("Job queued\\. JobId=(\\d+)");
    private static final Pattern FOUND = Pattern.compile("Found (\\d+) (.*)\\.");
    private static final String LAST_CHECK = "Checking for Restore Job entries.\nFound ";
    private static final long CONSOLE_SECONDS = 120;

    /** What stands beside the text that the stand-in prints. */
    private static final String NEXT = ".next";

    private static final String PAUSE = ".pause";
    private static final String PAUSED = ".paused";

    private final BaculaHome home;
    private final Path folder;
    private final BaculaConfig config;
    private final List<AutoCloseable> parts = new ArrayList<>();
    private CatalogDatabase catalog;
    private Daemon director;
    private Daemon fileDaemon;

    private RealBacula(BaculaHome home) throws IOException {
        this.home = home;
        folder = Files.createTempDirectory("real-bacula-");
        List<Integer> ports = Daemon.freePorts(3);
        config = new BaculaConfig(
                folder, Files.createDirectories(folder.resolve("openstack")), ports.get(0), ports.get(1), ports.get(2));
    }

    /** Starts everything, with these Client resources and one volume for each job. */
    static RealBacula start(String... clients) throws IOException, SQLException, InterruptedException {
        return start(Include.DIRECTOR_CONF, 1, clients);
    }

    /**
     * Starts everything, or skips the test where there is no Bacula.
     *
     * @param jobsPerVolume how many jobs may write to a volume; 0 for any number
     */
    static RealBacula start(Include include, int jobsPerVolume, String... clients)
            throws IOException, SQLException, InterruptedException {
        RealBacula bacula = new RealBacula(BaculaHome.orSkip());
        try {
            bacula.startParts(include, jobsPerVolume, List.of(clients));
            return bacula;
        } catch (IOException | SQLException | InterruptedException | RuntimeException | Error e) {
            bacula.close();
            throw e;
        }
    }

    private void startParts(Include include, int jobsPerVolume, List<String> clients)
            throws IOException, SQLException, InterruptedException {
        catalog = CatalogDatabase.start(home.catalogDdl());
        parts.add(catalog);
        Files.writeString(directorConf(), "");
        config.writeDirector(catalog, clients, include, jobsPerVolume);
        config.writeStorage();
        config.writeFileDaemon();
        Files.copy(home.plugins().resolve("bpipe-fd.so"), config.plugins().resolve("bpipe-fd.so"));
        Files.copy(home.plugins().resolve("bpipe-fd.so"), config.plugins().resolve("openstack-fd.so"));
        installScript("real-bconsole", home.program("bconsole"));
        installScript("bacula-dir", home.program("bacula-dir"));
        installScript("dbcheck", home.program("dbcheck"));
        installStandIn();
        Daemon storage = daemon("bacula-sd", config.storageFile(), config.storagePort());
        fileDaemon = daemon("bacula-fd", config.fileDaemonFile(), config.fileDaemonPort());
        director = daemon("bacula-dir", config.directorFile(), config.directorPort());
        storage.start();
        fileDaemon.start();
        director.start();
    }

    private Daemon daemon(String program, Path file, int port) {
        Daemon daemon = new Daemon(
                List.of(home.program(program).toString(), "-f", "-c", file.toString()),
                Map.of("LD_LIBRARY_PATH", home.libraryPath()),
                port,
                folder.resolve(program + ".out"));
        parts.add(daemon);
        return daemon;
    }

    /** A script that knows where Bacula's libraries are, for callers that pass no environment on. */
    private void installScript(String name, Path program) throws IOException {
        writeScript(name, """
                #!/bin/sh
                LD_LIBRARY_PATH='%s' exec '%s' "$@"
                """.formatted(home.libraryPath(), program));
    }

    private void installStandIn() throws IOException {
        Files.createDirectories(answers());
        try (InputStream script = RealBacula.class.getResourceAsStream("bconsole-with-query.sh")) {
            writeScript(
                    "bconsole",
                    new String(script.readAllBytes(), StandardCharsets.UTF_8)
                            .replace("@REAL@", bin("real-bconsole").toString())
                            .replace("@ANSWERS@", answers().toString()));
        }
    }

    private void writeScript(String name, String text) throws IOException {
        Files.createDirectories(bin(name).getParent());
        Files.writeString(bin(name), text);
        Files.setPosixFilePermissions(bin(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path bin(String name) {
        return folder.resolve("bin").resolve(name);
    }

    private Path answers() {
        return folder.resolve("answers");
    }

    /** For {@code BASE_DIR}. */
    Path baseDir() {
        return config.baseDir();
    }

    /** The file that the Director includes with {@link Include#DIRECTOR_CONF}. */
    Path directorConf() {
        return baseDir().resolve("director.conf");
    }

    /** For {@code BCONSOLE}: answers {@code .query} by itself and leaves the rest to the real one. Needs no environment. */
    Path bconsole() {
        return bin("bconsole");
    }

    /** For {@code BCONSOLE_CONF}. */
    Path bconsoleConf() {
        return config.consoleFile();
    }

    /** For {@code DIRECTOR_CHECK}. Needs no environment. */
    String checkCommand() {
        return bin("bacula-dir") + " -t -c " + config.directorFile();
    }

    CatalogDatabase catalog() {
        return catalog;
    }

    /** The Director's configuration file, for tests that break it. */
    Path directorFile() {
        return config.directorFile();
    }

    /** The environment variables that lead the command line to this Bacula; {@code CLIENTS_CONF} is the caller's. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("BASE_DIR", baseDir().toString());
        settings.put("BCONSOLE", bconsole().toString());
        settings.put("BCONSOLE_CONF", bconsoleConf().toString());
        settings.put("DB_HOST", catalog.host());
        settings.put("DB_PORT", Integer.toString(catalog.port()));
        settings.put("DB_NAME", CatalogDatabase.NAME);
        settings.put("DB_USER", CatalogDatabase.USER);
        settings.put("PGPASSWORD", CatalogDatabase.PASSWORD);
        settings.put("DEDUP_ALGO", "none");
        return settings;
    }

    /**
     * From now on {@code .query} for this client prints exactly this text: warnings, what is glued together, and a last
     * newline are the caller's business.
     */
    void answerQuery(String client, String text) throws IOException {
        answerQuery(client, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Alike, with bytes that need not be text. */
    void answerQuery(String client, byte[] text) throws IOException {
        forgetQuery(client);
        Files.write(answer(client, ""), text);
    }

    /** Alike, and prints the second text from the second {@code .query} on. */
    void answerQuery(String client, String first, String then) throws IOException {
        answerQuery(client, first);
        Files.writeString(answer(client, NEXT), then);
    }

    /**
     * Alike, and the list ends after so many bytes: what comes of a File Daemon that dies, or of a connection
     * that is cut, and nothing tells it from a whole list.
     */
    void answerQueryCutAfter(String client, String text, int bytes) throws IOException {
        answerQuery(client, Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), bytes));
    }

    /** Alike, and after so many bytes nothing comes any more, for as long as anybody waits. */
    void stallQueryAfter(String client, String text, int bytes) throws IOException {
        answerQueryCutAfter(client, text, bytes);
        Files.writeString(answer(client, PAUSE), "");
    }

    /** From now on {@code .query} says that there is no such client; what was stalled ends. */
    void forgetQuery(String client) throws IOException {
        for (String part : List.of("", NEXT, PAUSE, PAUSED)) {
            Files.deleteIfExists(answer(client, part));
        }
    }

    /**
     * The File Daemon is another one when the next answer to {@code .query} for this client ends, after all of its text.
     * Whoever has asked can {@link Future#get} whether that went well.
     */
    Future<?> restartFileDaemonDuringQuery(String client) throws IOException {
        Files.writeString(answer(client, PAUSE), "");
        FutureTask<Void> restart = new FutureTask<>(() -> {
            Site.await(answer(client, PAUSED));
            Files.delete(answer(client, PAUSE));
            try {
                fileDaemon.stop();
                fileDaemon.start();
            } finally {
                Files.delete(answer(client, PAUSED));
            }
            return null;
        });
        Thread thread = new Thread(restart, "restart-file-daemon");
        thread.setDaemon(true);
        thread.start();
        return restart;
    }

    private Path answer(String client, String part) {
        return answers().resolve(client + ".query" + part);
    }

    /** Checks the configuration as it lies on disk; exit code 0 when the Director would take it. */
    Output checkConfiguration() throws IOException, InterruptedException {
        return run(List.of(checkCommand().split(" ")), "");
    }

    /** One session of the real bconsole; {@code quit} is added. */
    Output bconsole(String... commands) throws IOException, InterruptedException {
        return console(bin("real-bconsole"), commands);
    }

    /** One session of the stand-in; {@code quit} is added. */
    Output bconsoleWithQuery(String... commands) throws IOException, InterruptedException {
        return console(bconsole(), commands);
    }

    private Output console(Path program, String... commands) throws IOException, InterruptedException {
        return run(
                List.of(program.toString(), "-n", "-c", bconsoleConf().toString()),
                String.join("\n", commands) + "\nquit\n");
    }

    private Output run(List<String> command, String input) throws IOException, InterruptedException {
        Path from = Files.writeString(Files.createTempFile(folder, "input", ""), input);
        Path to = Files.createTempFile(folder, "output", "");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(from.toFile())
                .redirectErrorStream(true)
                .redirectOutput(to.toFile())
                .start();
        if (!process.waitFor(CONSOLE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " does not end: " + Files.readString(to));
        }
        Output output = new Output(process.exitValue(), Files.readString(to));
        Files.delete(from);
        Files.delete(to);
        return output;
    }

    /** Makes the Director read its configuration again. That it did so shows in {@link #jobNames} and {@link #isAlive} only. */
    void reload() throws IOException, InterruptedException {
        bconsole("gui on", "reload");
    }

    /** What the Director answers to one command, without the lines around it. */
    String ask(String command) throws IOException, InterruptedException {
        Output session = bconsole("gui on", command);
        int echo = session.text().indexOf("\n" + command + "\n");
        int quit = session.text().lastIndexOf("quit");
        if (session.exitCode() != 0 || echo < 0 || quit < echo) {
            throw new IllegalStateException("The Director did not answer \"" + command + "\": " + session);
        }
        return session.text().substring(echo + command.length() + 2, quit);
    }

    /** The jobs that the Director has loaded. */
    Set<String> jobNames() throws IOException, InterruptedException {
        return new TreeSet<>(ask(".jobs").lines().toList());
    }

    /** The Director's first line about a job, with {@code Enabled=0} or {@code 1}. */
    String showJob(String name) throws IOException, InterruptedException {
        return ask("show job=\"" + name + "\"").lines().findFirst().orElseThrow();
    }

    /** Runs a job and waits for its end, whatever that is. */
    JobRun runJob(String name) throws IOException, InterruptedException, SQLException {
        return await(startJob(name));
    }

    private static int queued(String answer) {
        Matcher queued = QUEUED.matcher(answer);
        if (!queued.find()) {
            throw new IllegalStateException("The Director did not run it: " + answer);
        }
        return Integer.parseInt(queued.group(1));
    }

    /** Restores all files of a run to where they came from. */
    JobRun restore(int jobId, String client) throws IOException, InterruptedException, SQLException {
        return await(queued(ask("restore jobid=" + jobId + " client=" + client + " where=/ all done yes")));
    }

    /** Starts a job and does not wait for it. */
    int startJob(String name) throws IOException, InterruptedException {
        return queued(ask("run job=\"" + name + "\" yes"));
    }

    JobRun await(int jobId) throws IOException, InterruptedException, SQLException {
        ask("wait jobid=" + jobId);
        String status = catalog.column("SELECT JobStatus FROM Job WHERE JobId = ?", jobId)
                .get(0);
        return new JobRun(jobId, status, ask("list joblog jobid=" + jobId));
    }

    /** What Bacula's own check of a catalog finds, by its words, such as {@code orphaned File records}. */
    Map<String, Integer> inconsistencies() throws IOException, InterruptedException {
        Output output = run(
                List.of(
                        bin("dbcheck").toString(),
                        "-b",
                        folder.toString(),
                        CatalogDatabase.NAME,
                        CatalogDatabase.USER,
                        CatalogDatabase.PASSWORD,
                        catalog.host(),
                        Integer.toString(catalog.port())),
                "");
        Map<String, Integer> found = new TreeMap<>();
        FOUND.matcher(output.text())
                .results()
                .forEach(match -> found.merge(match.group(2), Integer.parseInt(match.group(1)), Integer::sum));
        if (output.exitCode() != 0 || !output.text().contains(LAST_CHECK)) {
            throw new IllegalStateException("dbcheck did not check: " + output);
        }
        return found;
    }

    /** Where the Storage Daemon keeps a volume. */
    Path volume(String name) {
        return config.volumes().resolve(name);
    }

    /** What the Director calls itself, such as {@code 9.6.7}. */
    String version() throws IOException, InterruptedException {
        return ask("version").replaceFirst("(?s).*Version: (\\S+).*", "$1");
    }

    /** Whether the Director's process runs. */
    boolean isAlive() {
        return director.isAlive();
    }

    Daemon director() {
        return director;
    }

    Daemon fileDaemon() {
        return fileDaemon;
    }

    /** Stops the Director, if it still runs, and starts it anew. */
    void restartDirector() throws IOException, InterruptedException {
        director.stop();
        director.start();
    }

    /** What the daemons told, for a test that failed. */
    String messages() throws IOException {
        Path log = folder.resolve("messages.log");
        return director.printed() + (Files.exists(log) ? Files.readString(log) : "");
    }

    @Override
    public void close() throws IOException {
        for (int i = parts.size() - 1; i >= 0; i--) {
            try {
                parts.get(i).close();
            } catch (Exception e) {
                throw new IOException("A part of the real Bacula does not stop.", e);
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(RealBacula::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
