package dev.baculasync.integration.quiesce;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The network between backup host and VM, which a test can cut, or make silent: then nobody is told that it is gone. */
final class Relay implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final List<Line> lines = new CopyOnWriteArrayList<>();

    /** One connection; a silent one stays silent. */
    private static final class Line {
        private final Socket near;
        private final Socket far;
        private volatile boolean silent;

        Line(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        void copy(Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (!silent) {
                        out.write(buffer, 0, count);
                    }
                }
                if (!silent) {
                    to.shutdownOutput();
                }
            } catch (IOException e) {
                // The other side has gone; so does this one.
                if (!silent) {
                    cut();
                }
            }
        }

        void cut() {
            try (near;
                    far) {
                silent = true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Relay(int target) throws IOException {
        this.target = target;
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                Line line = new Line(near, new Socket(InetAddress.getLoopbackAddress(), target));
                lines.add(line);
                start(() -> line.copy(line.near, line.far));
                start(() -> line.copy(line.far, line.near));
            } catch (IOException e) {
                // Closed, or the target is not there: the caller's connection then says so.
                continue;
            }
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    void cut() {
        lines.forEach(Line::cut);
        lines.clear();
    }

    /** From now on nothing passes over the connections that there are, and they stay open. */
    void silence() {
        lines.forEach(line -> line.silent = true);
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
