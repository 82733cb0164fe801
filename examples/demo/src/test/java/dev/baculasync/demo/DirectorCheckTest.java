package dev.baculasync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorCheckTest {
    @TempDir
    private Path folder;

    @Test
    void theProgramOfTheEnvironmentComesBeforeThePath() throws IOException {
        Path named = program("named", "exit 0");
        Path onPath = program("bacula-dir", "exit 0");

        assertThat(DirectorCheck.find(Map.of("BACULA_DIR", named.toString(), "PATH", folder.toString())))
                .map(DirectorCheck::program)
                .contains(named);
        assertThat(DirectorCheck.find(Map.of("PATH", "/nowhere:" + folder)))
                .map(DirectorCheck::program)
                .contains(onPath);
    }

    @Test
    void aDirectorOfAnotherVersionIsGivenItsCatalogAndARefusalIsTold() throws Exception {
        try (EmbeddedCatalog catalog = EmbeddedCatalog.start(FleetScript.INSTANCES)) {
            Path other = program("other", """
                    [ -e "$0.asked" ] && exit 0
                    touch "$0.asked"
                    echo 'Version error for database "bacula". Wanted 16, got 1026'
                    exit 1""");
            assertThat(check(other, catalog).passed()).isTrue();

            Path refusing = program("refusing", "echo 'Config error: no'; exit 1");
            assertThat(check(refusing, catalog)).isEqualTo(new DirectorCheck.Result(false, "Config error: no"));
        }
    }

    private DirectorCheck.Result check(Path program, EmbeddedCatalog catalog)
            throws IOException, InterruptedException, SQLException {
        return DirectorCheck.find(Map.of("BACULA_DIR", program.toString()))
                .orElseThrow()
                .check(folder.resolve("bacula-dir.conf"), catalog);
    }

    private Path program(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
