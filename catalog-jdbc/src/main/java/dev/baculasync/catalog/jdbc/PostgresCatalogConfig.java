package dev.baculasync.catalog.jdbc;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the catalog is and how to log in. Immutable; made by a {@link #builder()}, whose defaults are those of the
 * environment variables {@code DB_HOST}, {@code DB_PORT}, {@code DB_NAME}, {@code DB_USER} and {@code DB_TLS}. The
 * password is held, but never told: there is no getter for it and {@link #toString()} leaves it out.
 */
public final class PostgresCatalogConfig {
    /** How the connection is protected. */
    public enum Tls {
        /**
         * Never encrypted ({@code DB_TLS=0}, {@code sslmode=disable}). Not {@code prefer}, libpq's default: that one falls
         * back silently, so nobody could tell from the settings what happens. A server that insists on TLS refuses the
         * login, and its message says so.
         */
        OFF,
        /** Encrypted, but whoever answers is believed ({@code DB_TLS=unverified}, {@code sslmode=require}). */
        UNVERIFIED,
        /** Encrypted, and certificate and host name must be right ({@code DB_TLS=1}, {@code sslmode=verify-full}). */
        VERIFIED
    }

    private final String host;
    private final int port;
    private final String database;
    private final String user;
    private final @Nullable String password;
    private final Tls tls;
    private final @Nullable Path certificateAuthority;
    private final Duration connectTimeout;
    private final Duration queryTimeout;
    private final ZoneId zone;

    private PostgresCatalogConfig(Builder builder) {
        this.host = builder.host;
        this.port = builder.port;
        this.database = builder.database;
        this.user = builder.user;
        this.password = builder.password;
        this.tls = builder.tls;
        this.certificateAuthority = builder.certificateAuthority;
        this.connectTimeout = builder.connectTimeout;
        this.queryTimeout = builder.queryTimeout;
        this.zone = builder.zone;
    }

    /** A builder with the defaults: {@code bacula} at {@code localhost:5432/bacula}, no password, no TLS. */
    public static Builder builder() {
        return new Builder();
    }

    /** A host name or address; never a socket directory. */
    public String host() {
        return host;
    }

    /** 1 to 65535. */
    public int port() {
        return port;
    }

    /** The catalog's database. */
    public String database() {
        return database;
    }

    /** The PostgreSQL role to log in as. */
    public String user() {
        return user;
    }

    /** How the connection is protected. */
    public Tls tls() {
        return tls;
    }

    /** The PEM file that vouches for the server; empty for the authorities that the JVM trusts. */
    public Optional<Path> certificateAuthority() {
        return Optional.ofNullable(certificateAuthority);
    }

    /** The longest wait for a connection and for each answer while logging in. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** The longest that one query may take before it is cancelled. */
    public Duration queryTimeout() {
        return queryTimeout;
    }

    /** The zone in which the Director's times are read where the catalog does not tell their distance from UTC. */
    public ZoneId zone() {
        return zone;
    }

    @Nullable
    String password() {
        return password;
    }

    /** What is wrong with a host, as a phrase that follows the value; empty when nothing is. */
    static Optional<String> problemOfHost(String host) {
        if (host.startsWith("/")) {
            return Optional.of(
                    "is a socket directory, which Java cannot use: set it to localhost, let PostgreSQL listen"
                            + " there (listen_addresses) and let the user in with a password (a host line in pg_hba.conf)");
        }
        // The driver takes the host as part of a URL, and a comma would make it several hosts.
        boolean single = !host.isEmpty() && host.chars().noneMatch(c -> c <= ' ' || ",/?&#@[]%".indexOf(c) >= 0);
        return single ? Optional.empty() : Optional.of("is not one host name or address");
    }

    @Override
    public String toString() {
        return host + ":" + port + "/" + database + " as " + user;
    }

    /** Collects the values. Not safe for use by several threads. */
    public static final class Builder {
        private String host = "localhost";
        private int port = 5432;
        private String database = "bacula";
        private String user = "bacula";
        private @Nullable String password;
        private Tls tls = Tls.OFF;
        private @Nullable Path certificateAuthority;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration queryTimeout = Duration.ofMinutes(2);
        private ZoneId zone = ZoneId.systemDefault();

        private Builder() {}

        public Builder host(String host) {
            this.host = host;
            return this;
        }

        public Builder port(int port) {
            this.port = port;
            return this;
        }

        public Builder database(String database) {
            this.database = database;
            return this;
        }

        public Builder user(String user) {
            this.user = user;
            return this;
        }

        /** The password, or null when the server asks for none. */
        public Builder password(@Nullable String password) {
            this.password = password;
            return this;
        }

        public Builder tls(Tls tls) {
            this.tls = tls;
            return this;
        }

        /** A PEM file for {@link Tls#VERIFIED}, or null for the authorities that the JVM trusts. */
        public Builder certificateAuthority(@Nullable Path certificateAuthority) {
            this.certificateAuthority = certificateAuthority;
            return this;
        }

        /** Whole seconds, at least one. */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = connectTimeout;
            return this;
        }

        /** Whole seconds, at least one. */
        public Builder queryTimeout(Duration queryTimeout) {
            this.queryTimeout = queryTimeout;
            return this;
        }

        /** The Director's zone as far as it is known; by default the JVM's, because both are mostly on one host. */
        public Builder zone(ZoneId zone) {
            this.zone = zone;
            return this;
        }

        /**
         * The config.
         *
         * @throws IllegalArgumentException when a value is out of range, or an authority is given that would not be asked
         */
        public PostgresCatalogConfig build() {
            problemOfHost(host).ifPresent(problem -> {
                throw new IllegalArgumentException("host \"" + host + "\" " + problem);
            });
            require(port >= 1 && port <= 65535, "port is not from 1 to 65535");
            require(!database.isEmpty(), "database is empty");
            require(!user.isEmpty(), "user is empty");
            require(
                    certificateAuthority == null || tls == Tls.VERIFIED,
                    "a certificate authority is only asked with Tls.VERIFIED");
            require(isTimeout(connectTimeout), "connectTimeout is not from 1 second to 1 day");
            require(isTimeout(queryTimeout), "queryTimeout is not from 1 second to 1 day");
            Objects.requireNonNull(tls, "tls");
            Objects.requireNonNull(zone, "zone");
            return new PostgresCatalogConfig(this);
        }

        private static boolean isTimeout(Duration timeout) {
            return timeout.toSeconds() >= 1 && timeout.toDays() <= 1;
        }

        private static void require(boolean condition, String problem) {
            if (!condition) {
                throw new IllegalArgumentException(problem);
            }
        }
    }
}
