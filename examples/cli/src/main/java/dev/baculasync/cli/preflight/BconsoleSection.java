package dev.baculasync.cli.preflight;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.spi.ProviderException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** bconsole: found, let in by the Director, and allowed to give the commands that a run gives. */
final class BconsoleSection implements Section {
    private static final int FIRST_WITH_QUERY = 11;

    private final Installation installation;
    private final KnownDirector director;

    BconsoleSection(Installation installation, KnownDirector director) {
        this.installation = installation;
        this.director = director;
    }

    @Override
    public String name() {
        return "bconsole";
    }

    @Override
    public void check(Findings findings) {
        List<String> wrong = director.wrongSettings();
        wrong.forEach(problem -> findings.fail(
                "program",
                problem,
                "let BCONSOLE name the bconsole program in full, and BCONSOLE_CONF its configuration file, readable for "
                        + installation.user()));
        if (wrong.isEmpty()) {
            findings.ok("program", installation.bconsole().executable().toString());
        }
        configuration(findings);
        Optional<String> obstacle = director.obstacle();
        if (obstacle.isPresent()) {
            if (wrong.isEmpty()) {
                findings.fail(
                        "connection", obstacle.get(), "mend that first: without the Director nothing can be done");
            } else {
                findings.fail("connection", "not checked because bconsole cannot be started", "see program");
            }
            findings.fail("commands", "not checked because the Director cannot be asked", "see above");
            return;
        }
        findings.ok("connection", director.version().text());
        command(findings, Command.QUERY);
        command(findings, Command.STATUS);
        command(findings, Command.SHOW);
        command(findings, Command.JOBS);
        if (installation.policy().cleanupAfter().isPresent()) {
            command(findings, Command.LIST);
            command(findings, Command.PURGE);
        }
        if (installation.settings().text("RELOAD_AFTER_SYNC", "0").equals("1")) {
            reload(findings);
        }
    }

    private void configuration(Findings findings) {
        Path file = installation.bconsole().configFile();
        if (file == null) {
            return;
        }
        Access.of(file).filter(Access::othersMayRead).ifPresent(access -> {
            findings.warn(
                    "configuration",
                    file + " has mode " + access.mode() + ": anybody may read the Director's password in it",
                    "chmod o-rwx " + file);
        });
    }

    private void command(Findings findings, Command command) {
        String check = "command " + command.word();
        Optional<Integer> major = director.version().major();
        try {
            if (installation.console().mayGive(command)) {
                findings.ok(check, "allowed");
            } else if (command == Command.QUERY && major.isPresent() && major.get() < FIRST_WITH_QUERY) {
                findings.fail(
                        check,
                        "the Director refuses it: version " + major.get() + " has no .query",
                        "update the Director: the OpenStack plugin needs Bacula Enterprise, and .query came with 11.0");
            } else {
                refused(findings, check, command.word());
            }
        } catch (ProviderException e) {
            findings.fail(check, e, "give the command in bconsole by hand and look at what it prints");
        }
    }

    private static void refused(Findings findings, String check, String word) {
        findings.fail(
                check,
                "the Director refuses it: \"" + word + ": is an invalid command.\"",
                "add " + word + " to the CommandACL of the Console that BCONSOLE_CONF names");
    }

    /** The one command that cannot be tried; what this console may do stands in the configuration, if it can be read. */
    private void reload(Findings findings) {
        String check = "command reload";
        Path file = installation.bconsole().configFile();
        Optional<String> console = Optional.empty();
        String unknown = "cannot be told without reloading";
        try {
            if (file != null) {
                List<String> consoles = BaculaFile.read(file).names("Console");
                if (consoles.isEmpty()) {
                    findings.ok(check, "allowed: " + file + " names no Console, so there is no CommandACL");
                    return;
                }
                console = Optional.of(consoles.get(0));
                unknown += ": the CommandACL of Console \"" + consoles.get(0) + "\" cannot be read here";
            }
        } catch (IOException e) {
            unknown += ": " + file + " cannot be read";
        }
        Optional<List<String>> allowed = console.flatMap(name -> DirectorFile.of(installation)
                .flatMap(DirectorFile::main)
                .flatMap(main -> main.values("Console", name, "CommandACL")));
        if (allowed.isEmpty()) {
            findings.warn(
                    check,
                    unknown,
                    "look that the CommandACL of the Console that BCONSOLE_CONF names has reload, or *all*");
        } else if (allowed.get().stream()
                .map(word -> word.toLowerCase(Locale.ROOT))
                .anyMatch(word -> word.equals("reload") || word.equals("*all*"))) {
            findings.ok(check, "allowed by the CommandACL of Console \"" + console.get() + "\"");
        } else {
            refused(findings, check, "reload");
        }
    }
}
