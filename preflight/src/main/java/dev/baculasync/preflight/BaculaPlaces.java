package dev.baculasync.preflight;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a host may have Bacula's own files.
 *
 * @param folders folders with configuration files, in the order in which they are looked into
 * @param owner the user that Bacula's daemons run as
 */
public record BaculaPlaces(List<Path> folders, String owner) {
    public BaculaPlaces {
        folders = List.copyOf(folders);
    }

    /** As Bacula's own packages, and those of distributions, install it. */
    public static BaculaPlaces usual() {
        return new BaculaPlaces(List.of(Path.of("/opt/bacula/etc"), Path.of("/etc/bacula")), "bacula");
    }

    /** The first of the folders' files of this name that is there. */
    Optional<Path> find(String file) {
        return folders.stream()
                .map(folder -> folder.resolve(file))
                .filter(Files::exists)
                .findFirst();
    }

    /** Where {@link #find} looks, for a person. */
    String searched(String file) {
        return String.join(
                ", ",
                folders.stream().map(folder -> folder.resolve(file).toString()).toList());
    }
}
