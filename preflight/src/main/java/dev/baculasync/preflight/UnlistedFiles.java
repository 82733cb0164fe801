package dev.baculasync.preflight;

import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.preflight.config.Included;
import dev.baculasync.preflight.config.Included.Outcome;
import dev.baculasync.spi.ManagedVm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Files that the include line of the tool before loads, a {@code find} for files called job or fileset at any depth, and
 * {@code director.conf} does not list: who replaces the one by the other loses what they define, without a word of the Director.
 */
final class UnlistedFiles {
    private static final String CHECK = "files on no list";
    private static final Set<String> LOADED_BY_FIND = Set.of("job", "fileset");
    private static final Pattern LISTED = Pattern.compile("(?m)^@\"(.*)\"$");
    private static final int NAMED = 3;

    private final Path base;
    private final Optional<ConfigFiles> files;
    private final Set<Path> listed = new HashSet<>();

    /**
     * @param baseDir absolute
     * @param files the Director's configuration, if it can be seen
     * @param stored the VMs whose files a run lists
     */
    UnlistedFiles(Path baseDir, Optional<ConfigFiles> files, List<ManagedVm> stored) {
        this.base = ConfigFiles.real(baseDir);
        this.files = files;
        for (ManagedVm vm : stored) {
            Path folder = base.resolve(vm.key().datacenter())
                    .resolve(vm.key().openstack())
                    .resolve(vm.slug());
            LOADED_BY_FIND.forEach(name -> listed.add(folder.resolve(name)));
        }
        addListed(baseDir.resolve(IncludeLines.DIRECTOR_CONF));
        files.ifPresent(this::addIncludedByName);
    }

    private void addListed(Path list) {
        try {
            Matcher lines = LISTED.matcher(Files.readString(list, StandardCharsets.UTF_8));
            while (lines.find()) {
                listed.add(ConfigFiles.real(Path.of(lines.group(1))));
            }
        } catch (IOException | IllegalArgumentException e) {
            // No list yet, or one that is no list: what a run would list is known all the same.
        }
    }

    /** What a line of its own includes stays loaded. */
    private void addIncludedByName(ConfigFiles configuration) {
        configuration.includes().stream()
                .filter(included -> included.outcome() == Outcome.READ || included.outcome() == Outcome.AGAIN)
                .filter(included -> !included.in().startsWith(ConfigFiles.OUTPUT))
                .flatMap(included -> Optional.ofNullable(included.file()).stream())
                .forEach(listed::add);
    }

    void check(Findings findings) {
        Set<Path> unlisted = find();
        if (unlisted.isEmpty()) {
            return;
        }
        String named = unlisted.stream().limit(NAMED).map(Path::toString).collect(Collectors.joining(", "))
                + (unlisted.size() > NAMED ? " and " + (unlisted.size() - NAMED) + " more" : "");
        String what = unlisted.size()
                + " files called job or fileset are not on director.conf's list, as they are no VM's of ours: " + named;
        String line = "@\"" + unlisted.iterator().next() + "\"";
        Optional<String> command = commandThatLoads(unlisted);
        if (command.isPresent()) {
            findings.warn(
                    CHECK,
                    what + "; " + command.get() + " loads them",
                    "before you replace that line, give each file that is to stay loaded a line of its own in "
                            + files.map(seen -> seen.path().toString()).orElse("bacula-dir.conf") + ", such as "
                            + line);
        } else {
            findings.warn(
                    CHECK,
                    what + "; the Director does not load them"
                            + (isAllSeen() ? "" : ", unless another line of its configuration includes them"),
                    "if a file is to be loaded, give it a line of its own in "
                            + files.map(seen -> seen.path().toString()).orElse("bacula-dir.conf") + ", such as " + line
                            + ", a job and its fileset alike");
        }
    }

    private boolean isAllSeen() {
        return files.filter(seen -> seen.blindSpot().isEmpty()).isPresent();
    }

    private Optional<String> commandThatLoads(Set<Path> unlisted) {
        return files.stream()
                .flatMap(seen -> seen.includes().stream())
                .filter(Included::isCommand)
                .filter(command -> command.files().stream().anyMatch(unlisted::contains))
                .map(Included::line)
                .findFirst();
    }

    /** As {@code find -type f} does, which follows no links. */
    private Set<Path> find() {
        Set<Path> found = new TreeSet<>();
        try {
            Files.walkFileTree(base, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()
                            && LOADED_BY_FIND.contains(String.valueOf(file.getFileName()))
                            && !listed.contains(file)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // That it cannot be looked into is told where the tree is looked at.
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // A directory that went in the middle of it: what was seen counts.
            return found;
        }
        return found;
    }
}
