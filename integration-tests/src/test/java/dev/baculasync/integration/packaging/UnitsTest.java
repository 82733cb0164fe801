package dev.baculasync.integration.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units as systemd itself reads them. */
class UnitsTest {
    private static final String SERVICE = "bacula-openstack-sync.service";
    private static final String TIMER = "bacula-openstack-sync.timer";

    @TempDir
    private Path folder;

    private HostHome host;

    @BeforeEach
    void copyUnits() throws IOException {
        host = HostHome.orSkip();
        Files.writeString(
                folder.resolve(SERVICE),
                Shipped.text(
                        "systemd/" + SERVICE,
                        Map.of(
                                // Verification wants a program that is there.
                                "/opt/bacula/scripts/run-openstack-sync.sh", "/bin/true")));
        Files.writeString(folder.resolve(TIMER), Shipped.text("systemd/" + TIMER, Map.of()));
    }

    @Test
    void systemdFindsNoFaultThoughNoDirectorAndNoDatabaseHasAUnitHere() throws Exception {
        assertThat(host.verifyUnits(folder, SERVICE, TIMER)).isEqualTo(new Result(0, "", ""));

        Path service = folder.resolve(SERVICE);
        Files.writeString(service, Files.readString(service).replace("NoNewPrivileges=yes", "NoNewPrivilege=yes"));
        assertThat(host.verifyUnits(folder, SERVICE).err()).as("a fault").contains("NoNewPrivilege");
    }

    @Test
    void aRunThatIsMadeUpForAtBootWaitsForDirectorAndDatabaseWhateverTheirUnitsAreCalled() throws Exception {
        Matcher after = Pattern.compile("(?m)^After=(.*)$").matcher(Files.readString(folder.resolve(SERVICE)));
        List<String> units = after.results()
                .flatMap(line -> Stream.of(line.group(1).split(" ")))
                .toList();

        assertThat(units)
                .contains("network-online.target")
                // Debian's; Bacula's own packages
                .contains("bacula-director.service", "bacula-dir.service")
                // Debian's, after which all of postgresql@.service are up; RPMs of PostgreSQL itself
                .contains("postgresql.service", "postgresql-15.service", "postgresql-18.service");
    }
}
