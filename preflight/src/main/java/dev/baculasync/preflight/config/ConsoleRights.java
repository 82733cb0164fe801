package dev.baculasync.preflight.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the Console that bconsole logs in as may do, as configurations on this host say.
 *
 * @param console its name; null for the default console, which may do everything, or when that is unknown
 * @param unknown why its rights cannot be told; empty when they can
 */
public record ConsoleRights(@Nullable String console, BaculaFile configuration, Optional<String> unknown) {
    private static final String ALL = "*all*";

    /**
     * The rights of the Console that a configuration of bconsole names.
     *
     * @param bconsoleConf the configuration of bconsole; null when it is not known which one that is
     * @param director that of the Director, if this host has it
     */
    public static ConsoleRights of(@Nullable Path bconsoleConf, Optional<ConfigFiles> director) {
        if (bconsoleConf == null) {
            return unknown("BCONSOLE_CONF is unset, so bconsole's configuration is not known");
        }
        ConfigFiles own = ConfigFiles.read(bconsoleConf);
        if (own.problem().isPresent()) {
            return unknown(bconsoleConf + " " + own.problem().get());
        }
        Optional<String> name = chosen(own.content());
        if (name.isEmpty()) {
            return new ConsoleRights(null, BaculaFile.EMPTY, Optional.empty());
        }
        BaculaFile content = director.map(ConfigFiles::content).orElse(BaculaFile.EMPTY);
        Optional<String> unknown = content.names("Console").contains(name.get())
                ? Optional.empty()
                : Optional.of("its resource is not found: "
                        + director.map(files -> files.blindSpot()
                                        .orElse("no Console of that name is in " + files.path()
                                                + " and what it includes"))
                                .orElse("this host has no configuration of the Director"));
        return new ConsoleRights(name.get(), content, unknown);
    }

    private static ConsoleRights unknown(String why) {
        return new ConsoleRights(null, BaculaFile.EMPTY, Optional.of(why));
    }

    /** As bconsole chooses: the one for its Director, else one that is for none. */
    private static Optional<String> chosen(BaculaFile own) {
        Optional<String> director = own.names("Director").stream().findFirst();
        List<String> consoles = own.names("Console");
        return consoles.stream()
                .filter(name -> own.value("Console", name, "Director")
                        .filter(of -> of.equalsIgnoreCase(director.orElse("")))
                        .isPresent())
                .findFirst()
                .or(() -> consoles.stream()
                        .filter(name -> own.value("Console", name, "Director").isEmpty())
                        .findFirst());
    }

    public boolean isUnrestricted() {
        return console == null && unknown.isEmpty();
    }

    /** A list of what it may use, or give. {@code *all*} means all only when it stands there alone. */
    public List<String> list(String acl) {
        return console == null
                ? List.of()
                : configuration.values("Console", console, acl).orElse(List.of());
    }

    public boolean mayAll(String acl) {
        List<String> list = list(acl);
        return list.size() == 1 && list.get(0).equalsIgnoreCase(ALL);
    }

    public boolean may(String acl, String item) {
        return mayAll(acl) || list(acl).stream().anyMatch(item::equalsIgnoreCase);
    }

    /** For a person; for advice about an ACL that may be in the way. */
    public String told() {
        return console == null ? "the Console that BCONSOLE_CONF names" : "Console \"" + console + "\"";
    }
}
