package dev.baculasync.preflight;

import dev.baculasync.preflight.config.Access;
import dev.baculasync.preflight.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;

/** What deduplication needs of the daemons that are on this host. */
final class DedupHost {
    private static final String INDEX = "DedupIndexDirectory";
    private static final int INDEX_MODE = 0750;

    private final Installation installation;

    DedupHost(Installation installation) {
        this.installation = installation;
    }

    /** Whether this host has a File Daemon; what was found of it is told. */
    boolean fileDaemon(Findings findings) {
        Optional<Path> file = installation.places().find("bacula-fd.conf");
        if (file.isEmpty()) {
            return false;
        }
        ConfigFiles files = ConfigFiles.read(file.get());
        Optional<String> directory = files.content().value(INDEX);
        if (files.problem().isPresent()) {
            findings.warn(
                    INDEX,
                    file.get() + " " + files.problem().get() + " by " + installation.user(),
                    "look that it sets " + INDEX);
        } else if (directory.isEmpty()) {
            findings.warn(
                    INDEX,
                    files.blindSpot()
                            .map(blind -> "not found in " + file.get() + "; " + blind)
                            .orElse("not set in " + file.get()
                                    + ": jobs of this host are not deduplicated, and nothing says so"),
                    "set it, make the directory, and restart the File Daemon; if this host is no proxy, never mind");
        } else {
            index(findings, directory.get());
        }
        restarted(findings, "File Daemon", "bacula-fd", Stream.of(file.get()));
        return true;
    }

    /** Whether this host has a Storage Daemon; what was found of it is told. */
    boolean storageDaemon(Findings findings) {
        Optional<Path> file = installation.places().find("bacula-sd.conf");
        if (file.isEmpty()) {
            return false;
        }
        String check = "Storage Daemon";
        ConfigFiles files = ConfigFiles.read(file.get());
        Optional<Path> plugins = files.content().value("Plugin Directory").flatMap(DedupHost::path);
        String install =
                "install bacula-enterprise-dedup-sd on the Storage Daemon's host and restart the Storage Daemon";
        if (plugins.isEmpty()) {
            findings.warn(
                    check,
                    files.problem()
                            .map(why -> file.get() + " " + why + " by " + installation.user())
                            .orElse("no Plugin Directory is set in " + file.get()),
                    "look whether that is the Storage Daemon of our jobs; if so, " + install);
            return true;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(plugins.get(), "*dedup*.so")) {
            for (Path plugin : found) {
                findings.ok(check, "has the plugin " + plugin);
                restarted(findings, check, "bacula-sd", Stream.of(plugin, file.get()));
                return true;
            }
            findings.warn(
                    check,
                    "no *dedup*.so is in its Plugin Directory " + plugins.get(),
                    "look whether that is the Storage Daemon of our jobs; if so, " + install);
        } catch (IOException | DirectoryIteratorException e) {
            findings.warn(
                    check,
                    "its Plugin Directory " + plugins.get() + " cannot be looked into by " + installation.user(),
                    "look for *dedup*.so there; if there is none, " + install);
        }
        return true;
    }

    private void index(Findings findings, String directory) {
        String owner = installation.places().owner();
        String advice = "mkdir -p " + directory + "; chown " + owner + ":" + owner + " " + directory + "; chmod 750 "
                + directory + "; then restart the File Daemon";
        Optional<Path> path = path(directory);
        if (path.isEmpty()) {
            findings.fail(INDEX, "\"" + directory + "\" is not a path", advice);
            return;
        }
        try {
            if (!Files.readAttributes(path.get(), BasicFileAttributes.class).isDirectory()) {
                findings.fail(INDEX, path.get() + " is not a directory", advice);
                return;
            }
        } catch (NoSuchFileException e) {
            findings.fail(INDEX, "there is no directory " + path.get(), advice);
            return;
        } catch (IOException e) {
            findings.warn(
                    INDEX,
                    path.get() + " cannot be seen by " + installation.user()
                            + ", because a directory above it is closed",
                    "look as root: it must be there, belong to " + owner + " and have mode 750");
            return;
        }
        Optional<Access> access = Access.of(path.get());
        if (access.isEmpty()) {
            findings.warn(INDEX, path.get() + ": its owner and mode cannot be seen", advice);
        } else if (access.get().owner().equals(owner) && access.get().bits() == INDEX_MODE) {
            findings.ok(INDEX, path.get().toString());
        } else {
            findings.fail(
                    INDEX,
                    path.get() + " belongs to " + access.get().owner() + " and has mode "
                            + access.get().mode() + ", but must belong to " + owner + " and have mode 750",
                    advice);
        }
    }

    private void restarted(Findings findings, String name, String program, Stream<Path> files) {
        String check = name + " restarted";
        Optional<Daemons.Daemon> daemon = installation.daemons().find(program);
        Optional<Instant> changed =
                files.flatMap(file -> changed(file).stream()).max(Instant::compareTo);
        String advice = "restart the " + name;
        if (daemon.isEmpty() || changed.isEmpty()) {
            findings.warn(
                    check,
                    "cannot be told: no single process " + program + " is to be seen on this host",
                    advice + " unless it was, after its configuration was changed last");
        } else if (daemon.get().started().isBefore(changed.get())) {
            findings.warn(
                    check,
                    "not since its configuration was changed: started "
                            + daemon.get().started().truncatedTo(ChronoUnit.SECONDS) + ", changed "
                            + changed.get().truncatedTo(ChronoUnit.SECONDS),
                    advice + ": until then it works with what it read before");
        } else {
            findings.ok(check, "since its configuration was changed last");
        }
    }

    private static Optional<Instant> changed(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file)).map(FileTime::toInstant);
        } catch (IOException e) {
            // It has vanished since.
            return Optional.empty();
        }
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
