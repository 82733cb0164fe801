package dev.baculasync.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** A command that is promised, but not there yet: whoever calls it is told so, and nothing happens. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = VersionFile.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = "2:not available yet")
final class LaterCommand implements Callable<Integer> {
    private final String name;

    LaterCommand(String name) {
        this.name = name;
    }

    @Override
    public Integer call() {
        throw new UsageException(List.of(name + ": not available yet"));
    }
}
