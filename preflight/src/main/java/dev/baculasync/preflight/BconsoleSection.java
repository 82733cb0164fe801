package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.preflight.config.Access;
import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.preflight.config.ConsoleRights;
import dev.baculasync.spi.ProviderException;
import java.nio.file.Path;
import java.util.List;
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
                findings.fail("connection", obstacle.get(), wayIn(obstacle.get()));
            } else {
                findings.fail("connection", "not checked because bconsole cannot be started", "see program");
            }
            findings.fail("commands", "not checked because the Director cannot be asked", "see above");
        } else {
            findings.ok("connection", director.version().text());
            commands(findings);
        }
        lists(findings);
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
                    // Who runs this must still be able to read it afterwards.
                    (access.owner().equals(installation.user())
                                    ? ""
                                    : "chown " + installation.user() + " " + file + " && ")
                            + "chmod o-rwx " + file);
        });
        List<String> directors = ConfigFiles.read(file).content().names("Director");
        if (directors.size() > 1) {
            findings.fail(
                    "configuration",
                    file + " names " + directors.size() + " Directors, " + String.join(", ", directors)
                            + ": bconsole asks which one is meant, and nobody is there to answer",
                    "let BCONSOLE_CONF name a file of its own, with the one Director");
        }
    }

    /** What to do when the Director cannot be asked, by what bconsole says of it. */
    private static String wayIn(String said) {
        if (said.contains("authorization problem") || said.contains("passwords do not agree")) {
            return "compare name and Password in BCONSOLE_CONF with those in the Director's own resource, or in its Console"
                    + " resource if BCONSOLE_CONF has one; after a change there reload the Director; compare the TLS"
                    + " directives, too";
        }
        if (said.contains("Config error") || said.contains("Fatal Error at console")) {
            return "mend the file that BCONSOLE_CONF names";
        }
        if (said.contains("Select Director")) {
            return "let BCONSOLE_CONF name a file with the one Director";
        }
        return "look whether the Director runs, whether its host and port are Address and DirPort in BCONSOLE_CONF, and"
                + " whether a firewall is in between";
    }

    private void commands(Findings findings) {
        for (Command command : Command.values()) {
            if (!isNeeded(command)) {
                continue;
            }
            if (command.canBeTried()) {
                command(findings, command);
            } else {
                untried(findings, command);
            }
        }
    }

    private boolean isNeeded(Command command) {
        return switch (command.use()) {
            case EVERY_RUN -> true;
            case RELOAD -> installation.policy().reload();
            case CLEANUP -> installation.policy().purges();
            case PROBE -> false;
        };
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
            } else if (command == Command.DOT_STATUS) {
                findings.warn(
                        check,
                        "the Director refuses it: runs know to the minute only when a File Daemon was started, and hold no list"
                                + " to be whole within two minutes of that",
                        "add " + command.word() + " to the CommandACL of "
                                + director.consoleRights().told() + ", and reload the Director");
            } else {
                refused(findings, check, command.word());
            }
        } catch (ProviderException e) {
            findings.fail(
                    check,
                    e,
                    e.code() == ProviderException.Code.CONFIGURATION
                            ? "set that, and reload the Director"
                            : "give the command in bconsole by hand and look at what it prints");
        }
    }

    private void refused(Findings findings, String check, String word) {
        List<String> list = director.consoleRights().list("CommandACL");
        findings.fail(
                check,
                "the Director refuses it: \"" + word + ": is an invalid command.\"",
                "add " + word + " to the CommandACL of "
                        + director.consoleRights().told() + ", and reload the Director"
                        + (list.size() > 1 && list.stream().anyMatch("*all*"::equalsIgnoreCase)
                                ? "; *all* means all only when nothing else is in the list"
                                : ""));
    }

    /** What this console may do stands in the configuration, if that can be read. */
    private void untried(Findings findings, Command command) {
        String check = "command " + command.word();
        ConsoleRights rights = director.consoleRights();
        if (rights.isUnrestricted()) {
            findings.ok(
                    check,
                    "allowed: " + installation.bconsole().configFile()
                            + " names no Console, so there is no CommandACL");
        } else if (rights.unknown().isPresent()) {
            findings.warn(
                    check,
                    "cannot be told without giving it: " + rights.told() + ": "
                            + rights.unknown().get(),
                    "look that its CommandACL has " + command.word() + ", or *all* alone");
        } else if (rights.may("CommandACL", command.word())) {
            findings.ok(check, "allowed by the CommandACL of " + rights.told());
        } else {
            refused(findings, check, command.word());
        }
    }

    /** What a run would not see; jobs and FileSets that are still to come are in no list but one of all. */
    private void lists(Findings findings) {
        ConsoleRights rights = director.consoleRights();
        if (rights.isUnrestricted() || rights.unknown().isPresent()) {
            return;
        }
        String advice = " = *all* in " + rights.told() + ", and reload the Director";
        if (rights.mayAll("JobACL")) {
            findings.ok("JobACL", "all jobs, those still to come, too");
        } else {
            findings.fail(
                    "JobACL",
                    rights.told() + " may see " + told(rights.list("JobACL"))
                            + ": new jobs would never show, and each reload would count as failed",
                    "set JobACL" + advice);
        }
        if (rights.list("CatalogACL").isEmpty()) {
            findings.fail(
                    "CatalogACL",
                    rights.told() + " may use no catalog: show then leaves out other resources, too, and jobs cannot be"
                            + " listed or purged",
                    "set CatalogACL" + advice);
        }
        if (!rights.mayAll("FileSetACL")) {
            findings.warn(
                    "FileSetACL",
                    rights.told() + " may see " + told(rights.list("FileSetACL"))
                            + ": a FileSet of somebody else's that bears the name of a new one would not show",
                    "set FileSetACL" + advice);
        }
    }

    private static String told(List<String> list) {
        return list.isEmpty() ? "none at all" : "these only: " + String.join(", ", list);
    }
}
