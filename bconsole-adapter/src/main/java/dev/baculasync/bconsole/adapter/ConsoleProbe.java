package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.ProviderException;
import java.util.Optional;

/**
 * What somebody who sets up a console wants to know before it is relied upon. Nothing that is asked here changes
 * anything. Safe for use by several threads.
 */
public interface ConsoleProbe {
    /**
     * The commands that this library gives; it gives no others, but for {@code gui}, which it can do without, {@code .api}
     * and {@code quit}, which need no permission.
     */
    enum Command {
        /** Lists the VMs; Directors before 11.0 do not have it. */
        QUERY(".query", "", Use.EVERY_RUN),
        /**
         * Tells which File Daemon it is that answers, to the second, and when the Director has read its configuration, in a
         * time that does not grow with its jobs.
         */
        DOT_STATUS(".status", "dir header", Use.EVERY_RUN),
        /** Tells which daemon it is that answers, to the minute; of the Director only with the jobs of no day. */
        STATUS("status", "dir days=0", Use.EVERY_RUN),
        /** Lists the resources. */
        SHOW("show", "client=none", Use.EVERY_RUN),
        /** Lists the jobs. */
        JOBS(".jobs", "", Use.EVERY_RUN),
        /** Makes the Director read its configuration. */
        RELOAD("reload", "", Use.RELOAD),
        /** Lists the runs of a job. */
        LIST("list", "clients", Use.CLEANUP),
        /** Without arguments it asks what to purge, and our {@code quit} is none of its choices. */
        PURGE("purge", "", Use.CLEANUP),
        /** Tells the Director's version; what it greets with serves as well. */
        VERSION("version", "", Use.PROBE);

        private final String word;
        private final String harmless;
        private final Use use;

        /** What a command is given for. */
        public enum Use {
            /** By every run. */
            EVERY_RUN,
            /** By runs that make the Director reload. */
            RELOAD,
            /** By cleanup and the removal of a client. */
            CLEANUP,
            /** By this probe alone, which can do without. */
            PROBE
        }

        Command(String word, String harmless, Use use) {
            this.word = word;
            this.harmless = harmless;
            this.use = use;
        }

        /** As a {@code CommandACL} names it. */
        public String word() {
            return word;
        }

        /** What it is given for. */
        public Use use() {
            return use;
        }

        /**
         * Whether it can be given without doing anything. {@code reload} cannot: a Director that is asked whether a console
         * may reload reloads, and {@code help} knows nothing of a {@code CommandACL}.
         */
        public boolean canBeTried() {
            return this != RELOAD;
        }

        /** The line to give. */
        String with(String arguments) {
            return arguments.isEmpty() ? word : word + " " + arguments;
        }

        /** A line that does nothing. */
        String harmless() {
            return with(harmless);
        }

        /** The command that a line gives; empty when it is none of these. */
        static Optional<Command> of(String line) {
            String first = line.substring(0, (line + " ").indexOf(' '));
            for (Command command : values()) {
                if (command.word.equals(first)) {
                    return Optional.of(command);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * The Director's name, version and, if the console may ask for it, build, e.g.
     * {@code bacula-dir Version: 15.0.2 (21 March 2024) x86_64-pc-linux-gnu}. Comes as soon as the Director accepts the
     * login, whatever else this console may do.
     *
     * @throws ProviderException when there is no connection, the login is refused, or bconsole cannot be started
     */
    String director();

    /**
     * Whether the Director has a command and this console may give it; the Director's answer is the same for both.
     *
     * @throws IllegalArgumentException when the command cannot be tried
     * @throws ProviderException when that could not be found out, or when the command is allowed and still of no use,
     *     because the console may not use the catalog
     */
    boolean mayGive(Command command);

    /**
     * What the File Daemon of a client says about itself; empty when it does not answer.
     *
     * @throws ProviderException when the Director cannot be asked
     */
    Optional<FileDaemon> fileDaemon(String client);

    /**
     * A File Daemon that answers.
     *
     * @param version its name, version and build, in its own words
     * @param started when it was started, in its own words, to the minute
     */
    record FileDaemon(String version, String started) {}
}
