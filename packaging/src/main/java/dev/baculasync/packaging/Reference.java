package dev.baculasync.packaging;

import dev.baculasync.cli.CommandReference;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.zip.GZIPOutputStream;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes the generated files; the build runs it. */
public final class Reference {
    private static final String PROGRAM = "bacula-openstack-sync";

    private Reference() {}

    /**
     * Writes manual page, completion and documents.
     *
     * @param arguments the folder to write to, the time of the build, and the project's folder
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        CommandLine commands = CommandReference.commandLine();
        String page = new ManualPage(commands, CommandReference.variables())
                .text(OffsetDateTime.parse(arguments[1]).toLocalDate());
        Files.writeString(folder.resolve(PROGRAM + ".8"), page);
        try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(folder.resolve(PROGRAM + ".8.gz")))) {
            packed.write(page.getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(folder.resolve(PROGRAM + ".bash"), AutoComplete.bash(PROGRAM, commands));
        Documents.write(Path.of(arguments[2]), folder);
    }
}
