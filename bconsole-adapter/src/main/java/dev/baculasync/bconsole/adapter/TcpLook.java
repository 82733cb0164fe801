package dev.baculasync.bconsole.adapter;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * A look of our own at a File Daemon's address, for Directors before 15.0, which do not say why they did not connect.
 */
@FunctionalInterface
interface TcpLook {
    /** How long a machine that is there may take; a Director waits 15 s. */
    Duration PATIENCE = Duration.ofSeconds(15);

    /** Why nothing can be reached there; empty when something accepts connections. */
    Optional<String> nothingAt(String host, int port);

    /** Whether an address means another machine on every machine, so that our look says nothing about the Director's. */
    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Connects, and hangs up at once. */
    static TcpLook bySocket() {
        return (host, port) -> {
            try (Socket socket = new Socket()) {
                InetSocketAddress address = new InetSocketAddress(host, port);
                if (address.isUnresolved()) {
                    return Optional.of("its name is not known here");
                }
                socket.connect(address, Math.toIntExact(PATIENCE.toMillis()));
                return Optional.empty();
            } catch (IOException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        };
    }
}
