package dev.baculasync.bconsole.adapter;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * A look of our own at a File Daemon's address, for Directors before 15.0, which do not say why they did not connect.
 */
@FunctionalInterface
interface TcpLook {
    /** How long a machine that is there may take; a Director waits 15 s. */
    Duration PATIENCE = Duration.ofSeconds(15);

    /** What a look has found. */
    enum Sight {
        /** Something accepts connections. */
        LISTENS,
        /** The machine is there, and says that nothing listens. */
        REFUSED,
        /** Nothing came back, which may be because of where we stand. */
        NOTHING
    }

    Sight at(String host, int port);

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
                socket.connect(new InetSocketAddress(host, port), Math.toIntExact(PATIENCE.toMillis()));
                return Sight.LISTENS;
            } catch (ConnectException e) {
                return String.valueOf(e.getMessage()).contains("refused") ? Sight.REFUSED : Sight.NOTHING;
            } catch (IOException e) {
                return Sight.NOTHING;
            }
        };
    }
}
