package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveInventoryProvider;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes live inventories that ask the Bacula OpenStack plugin with {@code .query} through bconsole. Stateless.
 */
public final class BconsoleInventoryProvider implements LiveInventoryProvider {
    /** A provider; all that an instance knows comes from its settings. */
    public BconsoleInventoryProvider() {}

    @Override
    public String name() {
        return "bconsole";
    }

    @Override
    public List<Setting<?>> settings() {
        return Stream.concat(BconsoleConfig.settings().stream(), Stream.of(HarmlessAttributes.QUERY_ATTRIBUTES))
                .toList();
    }

    @Override
    public LiveInventory create(Settings settings) {
        return create(BconsoleConfig.from(settings), HarmlessAttributes.from(settings));
    }

    /** Makes one without settings. The result is safe for use by several threads. */
    public LiveInventory create(BconsoleConfig config) {
        return create(config, HarmlessAttributes.known());
    }

    /** Alike, of a plugin that prints further attributes. */
    public LiveInventory create(BconsoleConfig config, HarmlessAttributes harmless) {
        return new BconsoleInventory(new Bconsole(config), harmless);
    }
}
