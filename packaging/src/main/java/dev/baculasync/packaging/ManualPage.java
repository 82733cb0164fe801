package dev.baculasync.packaging;

import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of a command line, in the language of man(7). */
final class ManualPage {
    private static final Pattern LINE_START = Pattern.compile("(?m)^(?=[.'])");

    private final CommandLine commands;
    private final Map<String, String> variables;
    private final StringBuilder page = new StringBuilder();

    ManualPage(CommandLine commands, Map<String, String> variables) {
        this.commands = commands;
        this.variables = variables;
    }

    String text(LocalDate date) {
        CommandSpec root = commands.getCommandSpec();
        page.setLength(0);
        macro("TH", root.name().toUpperCase(Locale.ROOT), "8", date.toString(), root.version()[0]);
        macro("SH", "NAME");
        line(root.name() + " - Bacula jobs for the VMs of OpenStack");
        macro("SH", "SYNOPSIS");
        synopsis(root);
        macro("SH", "DESCRIPTION");
        description(root);
        macro("SH", "OPTIONS");
        arguments(root);
        macro("SH", "COMMANDS");
        commands.getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(spec -> !spec.helpCommand())
                .forEach(this::command);
        macro("SH", "ENVIRONMENT");
        variables.forEach(this::item);
        macro("SH", "EXIT STATUS");
        root.usageMessage().exitCodeList().forEach(this::item);
        macro("SH", "FILES");
        item("/opt/bacula/etc/openstack-sync.env", "the settings that run-openstack-sync.sh reads");
        item("/opt/bacula/etc/openstack", "BASE_DIR: clients.conf, director.conf and a directory for each VM");
        return page.toString();
    }

    private void command(CommandSpec spec) {
        macro("SS", spec.name());
        synopsis(spec);
        macro("PP");
        description(spec);
        arguments(spec);
        Map<String, String> exitCodes = spec.usageMessage().exitCodeList();
        if (!exitCodes.isEmpty()) {
            macro("PP");
            line("Exit status:");
            exitCodes.forEach(this::item);
        }
    }

    private void synopsis(CommandSpec spec) {
        Help help = spec.commandLine().getHelp();
        line(help.synopsis(0).strip().replaceAll("\\s+", " "));
    }

    private void description(CommandSpec spec) {
        for (String paragraph : spec.usageMessage().description()) {
            if (paragraph.isEmpty()) {
                macro("PP");
            } else {
                line(plain(paragraph));
            }
        }
    }

    private void arguments(CommandSpec spec) {
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            item(parameter.paramLabel(), meaning(parameter));
        }
        for (OptionSpec option : spec.options()) {
            boolean known = spec.parent() != null && (option.usageHelp() || option.versionHelp());
            if (known) {
                continue;
            }
            String names = String.join(", ", option.names());
            item(option.arity().max() == 0 ? names : names + "=" + option.paramLabel(), meaning(option));
        }
    }

    private static String meaning(ArgSpec argument) {
        return plain(String.join(" ", argument.description()));
    }

    private void item(String name, String meaning) {
        macro("TP");
        page.append("\\fB").append(escaped(name)).append("\\fR\n");
        line(meaning);
    }

    /** picocli's own marks: {@code %n} and {@code @|bold …|@}. */
    private static String plain(String text) {
        return Help.Ansi.OFF.string(String.format(text)).strip();
    }

    private void line(String text) {
        page.append(escaped(text)).append('\n');
    }

    private void macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escaped(argument).replace("\"", "\\(dq")).append('"');
        }
        page.append('\n');
    }

    private static String escaped(String text) {
        return LINE_START.matcher(text.replace("\\", "\\e").replace("-", "\\-")).replaceAll("\\\\&");
    }
}
