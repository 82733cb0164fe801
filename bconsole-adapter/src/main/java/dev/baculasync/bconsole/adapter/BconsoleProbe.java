package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Gives each command in a form that does nothing, and looks whether the Director takes it for one. */
final class BconsoleProbe implements ConsoleProbe {
    private static final String VERSION = " Version: ";
    private static final String GREETING = "1000 OK: (\\d+ )?";
    private static final String PURGE_WARNING = "This command can be DANGEROUS";

    private final Bconsole console;

    BconsoleProbe(Bconsole console) {
        this.console = console;
    }

    @Override
    public String director() {
        List<String> said = new ArrayList<>();
        List<String> greeting = console.ask("version", said::add);
        return Stream.concat(said.stream(), greeting.stream())
                .filter(line -> line.contains(VERSION))
                .findFirst()
                .map(line -> Excerpt.of(line.replaceFirst(GREETING, "")))
                .orElseThrow(() -> new ProviderException(
                        Code.BAD_ANSWER, "the Director does not tell its version: " + Excerpt.of(greeting)));
    }

    @Override
    public boolean mayGive(Command command) {
        List<String> said = new ArrayList<>();
        try {
            console.ask(command.line(), said::add);
        } catch (ProviderException e) {
            boolean asksBack = command == Command.PURGE && said.stream().anyMatch(line -> line.contains(PURGE_WARNING));
            if (!asksBack || e.code() != Code.BAD_ANSWER) {
                throw e;
            }
        }
        return said.stream().noneMatch(line -> Bconsole.refuses(command.line(), line));
    }
}
