package dev.baculasync.preflight.config;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the commands that a configuration includes, as the Director does whenever it reads it: without a shell, and what
 * they print on standard error is part of the configuration, too.
 */
public final class IncludeCommands {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int MAX_BYTES = 64 << 20;
    /** How {@code sh} ends when it cannot start what it is told to. */
    private static final List<Integer> NOT_STARTED = List.of(126, 127);

    private final String searchPath;
    private final String user;
    private final Duration longest;

    /**
     * What came of a command.
     *
     * @param text all that it printed
     * @param problem what is wrong with it, as the end of a sentence; empty when nothing is
     */
    record Output(String text, String problem) {}

    /**
     * Lets each command take two minutes.
     *
     * @param searchPath value of {@code PATH}
     * @param user the name of the user whom the process runs as
     */
    public IncludeCommands(String searchPath, String user) {
        this(searchPath, user, LONGEST);
    }

    IncludeCommands(String searchPath, String user, Duration longest) {
        this.searchPath = searchPath;
        this.user = user;
        this.longest = longest;
    }

    /** Why a command of this file is not to be run; empty when it may be: whoever wrote it can do as much without us. */
    Optional<String> objection(Path file) {
        Optional<Access> access = Access.of(file);
        if (access.isEmpty()) {
            return Optional.of("it cannot be seen who may change " + file);
        }
        if (!List.of(user, "root").contains(access.get().owner())
                || access.get().groupMayWrite()
                || access.get().othersMayWrite()) {
            return Optional.of("others than " + user + " may change " + file + " (owner "
                    + access.get().owner() + ", mode " + access.get().mode() + ")");
        }
        return Optional.empty();
    }

    Output run(String command) {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\"", "sh"));
        line.addAll(words(command));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectInput(new File("/dev/null")).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", searchPath);
        builder.environment().put("LANG", "C");
        try {
            Process process = builder.start();
            CompletableFuture<byte[]> printed = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
            try {
                byte[] text = printed.get(longest.toMillis(), TimeUnit.MILLISECONDS);
                if (text.length > MAX_BYTES) {
                    return new Output("", "prints more than " + MAX_BYTES + " bytes");
                }
                return process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)
                        ? ended(process.exitValue(), new String(text, StandardCharsets.UTF_8))
                        : endless();
            } catch (TimeoutException e) {
                return endless();
            } catch (ExecutionException e) {
                return new Output("", "cannot be read: " + e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ProviderException(
                        Code.INTERRUPTED, "interrupted while a command ran that the configuration includes");
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return new Output("", "cannot be started: " + e.getMessage());
        }
    }

    private Output endless() {
        return new Output("", "does not end within " + longest.toSeconds() + " s, and the Director waits for it");
    }

    /** One byte more than there may be shows that there is too much. */
    private static byte[] read(InputStream in) {
        try (in) {
            return in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Output ended(int exitStatus, String printed) {
        if (exitStatus == 0) {
            return new Output(printed, "");
        }
        if (NOT_STARTED.contains(exitStatus)) {
            return new Output("", "cannot be started, and the Director takes that for nothing at all, without a word");
        }
        return new Output(
                printed,
                "ends with exit status " + exitStatus
                        + (printed.isEmpty()
                                ? " and prints nothing, which the Director takes without a word"
                                : ", and what it says of that is part of the configuration"));
    }

    /** As the Director splits it: at blanks, but for what stands in quotes that begin a word. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        int i = 0;
        while (true) {
            while (i < command.length() && (command.charAt(i) == ' ' || command.charAt(i) == '\t')) {
                i++;
            }
            if (i == command.length()) {
                return words;
            }
            char first = command.charAt(i);
            boolean quoted = first == '"' || first == '\'';
            int from = quoted ? i + 1 : i;
            int end = command.indexOf(quoted ? first : ' ', from);
            end = end < 0 ? command.length() : end;
            words.add(command.substring(from, end));
            i = Math.min(end + 1, command.length());
        }
    }
}
