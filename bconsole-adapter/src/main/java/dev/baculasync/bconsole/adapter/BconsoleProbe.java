package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Gives each command in a form that does nothing, and looks whether the Director takes it for one. */
final class BconsoleProbe implements ConsoleProbe {
    private static final String VERSION = " Version: ";
    private static final String GREETING = "1000 OK: (\\d+ )?";
    private static final String PURGE_WARNING = "This command can be DANGEROUS";
    private static final String NO_CATALOG = "Could not find a Catalog resource";

    private final Bconsole console;

    BconsoleProbe(Bconsole console) {
        this.console = console;
    }

    @Override
    public String director() {
        List<String> said = new ArrayList<>();
        List<String> greeting = console.ask(Command.VERSION.with(""), said::add);
        return Stream.concat(said.stream(), greeting.stream())
                .filter(line -> line.contains(VERSION))
                .findFirst()
                .map(line -> Excerpt.of(line.replaceFirst(GREETING, "")))
                .orElseThrow(() -> new ProviderException(
                        Code.BAD_ANSWER, "the Director does not tell its version: " + Excerpt.of(greeting)));
    }

    @Override
    public boolean mayGive(Command command) {
        if (!command.canBeTried()) {
            throw new IllegalArgumentException(command.word() + " cannot be tried");
        }
        List<String> said = new ArrayList<>();
        String line = command.harmless();
        try {
            console.ask(line, said::add);
        } catch (ProviderException e) {
            boolean asksBack = command == Command.PURGE && said.stream().anyMatch(word -> word.contains(PURGE_WARNING));
            if (!asksBack || e.code() != Code.BAD_ANSWER) {
                throw e;
            }
        }
        if (said.stream().anyMatch(word -> word.contains(NO_CATALOG))) {
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "the console may give " + command.word()
                            + ", but use no catalog; add CatalogACL = *all* to the Console"
                            + " that BCONSOLE_CONF names");
        }
        return said.stream().noneMatch(word -> Bconsole.refuses(line, word));
    }

    @Override
    public Optional<FileDaemon> fileDaemon(String client) {
        return DaemonStatus.in(console.ask(Command.STATUS.with("client=" + Bconsole.argument(client))))
                .map(status -> new FileDaemon(status.version(), status.started()));
    }
}
