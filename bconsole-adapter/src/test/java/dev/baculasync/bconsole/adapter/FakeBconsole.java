package dev.baculasync.bconsole.adapter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A shell script in bconsole's place, each of whose processes plays the next of the sessions it was given. */
final class FakeBconsole {
    /** For Directors that say enough. */
    static final TcpLook NEVER_LOOKED = (host, port) -> {
        throw new AssertionError("nobody was to look at " + host + ":" + port);
    };

    static final String PREAMBLE =
            "Connecting to Director 127.0.0.1:9101\n1000 OK: 103 dir1 Version: 9.6.7 (10 December 2020)\n"
                    + "Enter a period to cancel a command.\n";

    private final Path folder;
    private int sessions;

    FakeBconsole(Path folder) {
        this.folder = folder;
    }

    /** The next session: connects, echoes, prints this answer, echoes quit. */
    FakeBconsole answer(String text) {
        return session("printf '%s' \"$preamble\"; echo_in; echo_in; cat \"$answer\"; echo_in", text);
    }

    /** The next session: as {@link #answer}, to a command that follows {@code .api 2}. */
    FakeBconsole answerForProgram(String text) {
        return session("printf '%s' \"$preamble\"; echo_in; echo_in; echo_in; cat \"$answer\"; echo_in", text);
    }

    /** The next session: a File Daemon that tells its process and its start, always the same. */
    FakeBconsole up() {
        return answerForProgram(header(1_795_813_136L, 13_584, 3));
    }

    /** The next session: the Director says after the echo of {@code quit} that it refuses {@code .status}. */
    FakeBconsole refusesDotStatus() {
        return session(
                "printf '%s' \"$preamble\"; echo_in; echo_in; echo_in; echo_in; cat \"$answer\"",
                ".status: is an invalid command.\n");
    }

    /** What {@code .status client=… header} answers after {@code .api 2}. */
    static String header(long epoch, int pid, int jobsRun) {
        return """

                header:

                name=bacula-dc1-os1-fd
                version=15.0.0 (01 November 2023)
                uname=x86_64-pc-linux-gnu debian 12.11
                started_epoch=%d
                started=2026-11-27 20:58:56
                pid=%d
                jobs_run=%d
                jobs_running=0
                plugins=bpipe,openstack
                crypto=OpenSSL 3.0.19 27 Jan 2026

                error=0
                errmsg=

                """.formatted(epoch, pid, jobsRun);
    }

    /** The next session: as {@link #answer}, but it is cut before quit is echoed. */
    FakeBconsole cut(String text) {
        return session("printf '%s' \"$preamble\"; echo_in; echo_in; cat \"$answer\"", text);
    }

    /** The next session: cannot connect. */
    FakeBconsole unreachable() {
        return session("printf 'Connecting to Director 127.0.0.1:9101\\n'; exit 1", "");
    }

    /** The next session: prints what a resource holds, echoes included, and notes what was asked. */
    FakeBconsole replay(String resource) {
        try (InputStream in = FakeBconsole.class.getResourceAsStream("/sessions/" + resource + ".txt")) {
            return session("cat >> \"$here/asked\"; cat \"$answer\"", new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next session: connects and never says more. */
    FakeBconsole hangs() {
        return session("printf '%s' \"$preamble\"; exec sleep 1000", "");
    }

    /** The next session: a piece of shell. */
    FakeBconsole session(String script, String answer) {
        sessions++;
        write(folder.resolve("session." + sessions), script + "\n");
        write(folder.resolve("answer." + sessions), answer);
        return this;
    }

    Bconsole console() {
        return new Bconsole(config(Duration.ofSeconds(60), 1 << 20));
    }

    Bconsole console(Duration timeout) {
        return new Bconsole(config(timeout, 1 << 20));
    }

    BconsoleConfig config(Duration timeout, long maxOutput) {
        return new BconsoleConfig(
                program(), null, timeout, maxOutput, Map.of("PATH", "/usr/bin:/bin", "LANG", "C"), null);
    }

    Path program() {
        Path program = folder.resolve("bconsole");
        write(program, """
                #!/bin/sh
                here=%s
                preamble='%s'
                n=$(($(cat "$here/count" 2>/dev/null || echo 0) + 1))
                echo $n > "$here/count"
                answer="$here/answer.$n"
                printf '%%s\\n' "$*" > "$here/arguments"
                echo_in() {
                  IFS= read -r line
                  printf '%%s\\n' "$line" | tee -a "$here/asked"
                }
                if [ -f "$here/session.$n" ]; then . "$here/session.$n"; else echo "nothing more to say"; exit 99; fi
                """.formatted(folder, PREAMBLE));
        try {
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return program;
    }

    /** The commands that were given so far, without {@code gui on} and {@code quit}. */
    List<String> asked() {
        return lines("asked").stream()
                .filter(line -> !line.equals("gui on") && !line.equals("quit"))
                .toList();
    }

    List<String> lines(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
