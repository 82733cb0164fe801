package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorProvider;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.util.List;

/** Makes directors that are asked through bconsole. Stateless. */
public final class BconsoleDirectorProvider implements DirectorProvider {
    /** A provider; all that an instance knows comes from its settings. */
    public BconsoleDirectorProvider() {}

    @Override
    public String name() {
        return "bconsole";
    }

    @Override
    public List<Setting<?>> settings() {
        return BconsoleConfig.settings();
    }

    @Override
    public Director create(Settings settings) {
        return create(BconsoleConfig.from(settings));
    }

    /** Makes one without settings. The result is safe for use by several threads. */
    public Director create(BconsoleConfig config) {
        String command = config.directorCheck();
        return new BconsoleDirector(
                new Bconsole(config),
                command == null ? null : new DirectorCheck(config, command),
                time -> Thread.sleep(time.toMillis()),
                TcpLook.bySocket());
    }

    /** A look at the console and the Director behind it, for whoever sets them up. Safe for use by several threads. */
    public ConsoleProbe probe(BconsoleConfig config) {
        return new BconsoleProbe(new Bconsole(config));
    }
}
