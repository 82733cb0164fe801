package dev.baculasync.spi;

import java.util.List;

/**
 * Makes a {@link Director} from settings. Nothing is installed by being on the class path: whoever embeds the library
 * names the provider to use.
 */
public interface DirectorProvider {
    /** The name by which this provider is chosen, e.g. in a configuration file. */
    String name();

    /**
     * The settings that this provider reads, in the order in which a person is shown them. {@link Settings#TZ}, which all
     * share, and variables of the host such as {@code PATH} are not among them.
     */
    List<Setting<?>> settings();

    /**
     * Reads the settings and makes an instance. Nothing is contacted yet.
     *
     * @param settings where values come from, and where problems with them are collected
     * @return an instance; not to be used when {@link Settings#problems} is not empty afterwards
     */
    Director create(Settings settings);
}
