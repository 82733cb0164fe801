package dev.baculasync.cli;

import static dev.baculasync.cli.CliHarness.FIRST;
import static dev.baculasync.cli.CliHarness.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineDirectoryTest {
    private static final String WEB = FIRST.jobPrefix() + "web";
    private static final String RUN = ".2025-05-28_14.01.01_37_";
    private static final String VOLUME = "c4d13b99-5bdc-4b45-b673-bb6a81e443a1";

    @TempDir
    Path folder;

    @Test
    void onlyTheFilesOfTheJobItselfAreItsOwn() throws IOException {
        Path map = file(WEB + RUN + VOLUME + ".bmp");
        Path sums = file(WEB + RUN + VOLUME + ".sha");
        file(WEB + ".example.com" + RUN + VOLUME + ".bmp");
        file(WEB + "2" + RUN + VOLUME + ".bmp");
        file(WEB + RUN + VOLUME + ".txt");
        file(WEB + RUN + "$(reboot).bmp");
        assertThat(new BaselineDirectory(folder).of(FIRST, WEB)).contains(List.of(map.toString(), sums.toString()));
    }

    @Test
    void aProxyOfOtherInstancesKnowsNothingOfThisOne() throws IOException {
        file(SECOND.jobPrefix() + "web" + RUN + VOLUME + ".bmp");
        assertThat(new BaselineDirectory(folder).of(FIRST, WEB)).isEmpty();
        assertThat(new BaselineDirectory(folder).of(SECOND, SECOND.jobPrefix() + "db"))
                .contains(List.of());
        assertThat(new BaselineDirectory(folder.resolve("nowhere")).of(FIRST, WEB))
                .isEmpty();
    }

    @Test
    void aNameThatRunsCutMayBeAnothersAsWell() throws IOException {
        String cut = FIRST.jobPrefix() + "x".repeat(104 - FIRST.jobPrefix().length());
        file(cut + RUN + VOLUME + ".bmp");
        assertThat(new BaselineDirectory(folder).of(FIRST, cut)).isEmpty();
        assertThat(new BaselineDirectory(folder).of(FIRST, cut + "y")).isEmpty();
    }

    private Path file(String rest) throws IOException {
        return Files.writeString(folder.resolve("openstack-" + rest), "");
    }
}
