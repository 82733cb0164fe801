package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.ProviderException;

/**
 * What somebody who sets up a console wants to know before it is relied upon. Nothing that is asked here changes
 * anything. Safe for use by several threads.
 */
public interface ConsoleProbe {
    /**
     * A command that this library gives. There is none for {@code reload}: a Director that is asked whether a console may
     * reload reloads, and {@code help} knows nothing of a {@code CommandACL}.
     */
    enum Command {
        /** Lists the VMs; Directors before 11.0 do not have it. */
        QUERY(".query"),
        /** Tells which daemon it is that answers. */
        STATUS("status dir"),
        /** Lists the resources. */
        SHOW("show client=none"),
        /** Lists the jobs. */
        JOBS(".jobs"),
        /** Lists the runs of a job; for cleanup. */
        LIST("list clients"),
        /** For cleanup. Without arguments it asks what to purge, and our {@code quit} is none of its choices. */
        PURGE("purge");

        private final String line;

        Command(String line) {
            this.line = line;
        }

        /** As a {@code CommandACL} names it. */
        public String word() {
            return line.substring(0, (line + " ").indexOf(' '));
        }

        String line() {
            return line;
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
     * @throws ProviderException when that could not be found out
     */
    boolean mayGive(Command command);
}
