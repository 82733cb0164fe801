package dev.baculasync.preflight.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the Director's configuration says that a catalog is.
 *
 * @param host {@code localhost} where it names none
 */
public record DirectorCatalog(String database, String host, int port) {
    private static final int USUAL_PORT = 5432;

    /** Those that name their database. */
    public static List<DirectorCatalog> all(ConfigFiles files) {
        BaculaFile content = files.content();
        List<DirectorCatalog> all = new ArrayList<>();
        for (String name : content.names("Catalog")) {
            content.value("Catalog", name, "DB Name")
                    .or(() -> content.value("Catalog", name, "Database"))
                    .ifPresent(database -> all.add(new DirectorCatalog(
                            database,
                            content.value("Catalog", name, "DB Address")
                                    .or(() -> content.value("Catalog", name, "Address"))
                                    .orElse("localhost"),
                            content.value("Catalog", name, "DB Port")
                                    .flatMap(DirectorCatalog::number)
                                    .orElse(USUAL_PORT))));
        }
        return all;
    }

    /** Empty also for 0, with which Bacula leaves the port to PostgreSQL. */
    private static Optional<Integer> number(String port) {
        return Optional.of(port)
                .filter(text -> text.matches("\\d{1,5}"))
                .map(Integer::valueOf)
                .filter(number -> number > 0);
    }

    /** Whether that is its server, as far as names can be looked up. */
    public boolean isOn(String otherHost, int otherPort) {
        return port == otherPort && isSame(host, otherHost);
    }

    public String server() {
        return host + ":" + port;
    }

    /** Hosts have many names; two of which one is not known here may be one. */
    private static boolean isSame(String one, String other) {
        if (one.equalsIgnoreCase(other)) {
            return true;
        }
        try {
            Set<String> addresses = addresses(one);
            addresses.retainAll(addresses(other));
            return !addresses.isEmpty();
        } catch (IOException e) {
            // No reason to accuse anybody: the connection itself is tried besides.
            return true;
        }
    }

    private static Set<String> addresses(String host) throws IOException {
        Set<String> addresses = new HashSet<>();
        for (InetAddress address : InetAddress.getAllByName(host)) {
            addresses.add(
                    address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null
                            ? "this host"
                            : address.getHostAddress());
        }
        return addresses;
    }
}
