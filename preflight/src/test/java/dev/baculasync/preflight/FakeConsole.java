package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.ConsoleProbe;
import dev.baculasync.spi.ProviderException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A console that may do everything until it is told otherwise. */
public final class FakeConsole implements ConsoleProbe {
    String director = "bacula-dir Version: 16.0.4 (12 February 2023) x86_64-redhat-linux-gnu-bacula-enterprise redhat";
    final Set<Command> refused = EnumSet.noneOf(Command.class);
    ProviderException failure;
    FileDaemon fileDaemon = new FileDaemon(
            "fd Version: 16.0.4 (12 February 2023) x86_64-redhat-linux-gnu-bacula-enterprise", "20-Nov-26 07:00");
    int asked;

    @Override
    public String director() {
        asked++;
        if (failure != null) {
            throw failure;
        }
        return director;
    }

    @Override
    public boolean mayGive(Command command) {
        if (failure != null) {
            throw failure;
        }
        return !refused.contains(command);
    }

    @Override
    public Optional<FileDaemon> fileDaemon(String client) {
        if (failure != null) {
            throw failure;
        }
        return Optional.ofNullable(fileDaemon);
    }
}
