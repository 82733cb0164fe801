package dev.baculasync.cli;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.ConsoleProbe;
import dev.baculasync.catalog.jdbc.CatalogProbe;
import dev.baculasync.spi.Settings;
import java.util.function.Function;

/** How {@code preflight} looks at what is behind the providers. Only {@link Main} names the real ones. */
record Probes(Function<BconsoleConfig, ConsoleProbe> console, Function<Settings, CatalogProbe> catalog) {}
