package dev.baculasync.spi;

/**
 * Makes a {@link ConfigStore} from settings. Nothing is installed by being on the class path: whoever embeds the library
 * names the provider to use.
 */
public interface ConfigStoreProvider {
    /** The name by which this provider is chosen, e.g. in a configuration file. */
    String name();

    /**
     * Reads the settings this provider knows and makes an instance. Nothing is contacted yet.
     *
     * @param settings where values come from, and where problems with them are collected
     * @return an instance; not to be used when {@link Settings#problems} is not empty afterwards
     */
    ConfigStore create(Settings settings);
}
