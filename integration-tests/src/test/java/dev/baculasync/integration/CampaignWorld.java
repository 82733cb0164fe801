package dev.baculasync.integration;

import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A tree of a few instances, what their clouds list, and an operator's clients.conf, as a campaign acts on them. All chance
 * comes from one seed.
 */
final class CampaignWorld {
    /** What a Director has Client resources for: more than there are instances at first. */
    static final List<String> CLIENTS = List.of("bacula-a-fd", "bacula-b-fd", "bacula-c-fd", "bacula-d-fd");

    private static final List<String> NAMES =
            List.of("web", "db", "app", "mail", "cache", "build", "ldap", "git", "wiki", "proxy", "dns", "log");

    private final Random random;
    private final Path base;
    private final Path aside;
    private final Map<String, OpenStackInstance> lines = new LinkedHashMap<>();
    private final Map<String, List<LiveVm>> live = new TreeMap<>();

    /** The VMs that ever were, by client. */
    private final Map<String, List<LiveVm>> ever = new TreeMap<>();

    /** What has been moved away for a while, by where it was. */
    private final Map<Path, Path> unmounted = new LinkedHashMap<>();

    private final List<FileTree> backups = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private boolean typo;
    private int number;

    /**
     * @param base an empty directory
     * @param aside another one
     */
    CampaignWorld(long seed, Path base, Path aside) {
        this.random = new Random(seed);
        this.base = base;
        this.aside = aside;
        int instances = 2 + random.nextInt(2);
        for (int i = 0; i < instances; i++) {
            addLine("datacenter" + (i == 1 ? 1 : i + 1), "openstack" + (i == 1 ? 2 : 1), CLIENTS.get(i));
            int vms = 3 + random.nextInt(13);
            for (int vm = 0; vm < vms; vm++) {
                appear(CLIENTS.get(i));
            }
        }
        for (String client : CLIENTS) {
            live.computeIfAbsent(client, key -> new ArrayList<>());
        }
    }

    Random random() {
        return random;
    }

    Path base() {
        return base;
    }

    void addLine(String datacenter, String openstack, String client) {
        setLine(new OpenStackInstance(
                datacenter,
                openstack,
                client,
                RealBacula.RUNNABLE_PROXY,
                "job" + ++number + "-" + datacenter + "-" + openstack + "-",
                null));
    }

    /** clients.conf has this line for its client. */
    void setLine(OpenStackInstance line) {
        lines.put(line.client(), line);
    }

    void removeLine(String client) {
        lines.remove(client);
    }

    /** The lines of clients.conf. */
    List<OpenStackInstance> lines() {
        return List.copyOf(lines.values());
    }

    /** What the cloud behind a client lists. */
    List<LiveVm> live(String client) {
        return live.getOrDefault(client, List.of());
    }

    void live(String client, List<LiveVm> vms) {
        live.put(client, vms);
    }

    /** Those that it does not list any more. */
    List<LiveVm> gone(String client) {
        return ever.getOrDefault(client, List.of()).stream()
                .filter(vm ->
                        live(client).stream().noneMatch(other -> other.uuid().equals(vm.uuid())))
                .toList();
    }

    LiveVm appear(String client) {
        List<LiveVm> vms = new ArrayList<>(live.getOrDefault(client, List.of()));
        String name = NAMES.get(random.nextInt(NAMES.size()));
        // Some names stand twice, in one instance or in two.
        LiveVm vm = LiveVm.of(
                random.nextInt(4) == 0 ? name : name + (vms.size() + 1),
                new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() >>> 2 | 0x8000_0000_0000_0000L));
        vms.add(vm);
        live.put(client, vms);
        ever.computeIfAbsent(client, key -> new ArrayList<>()).add(vm);
        return vm;
    }

    /** A number that was not given before. */
    int next() {
        return ++number;
    }

    <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    void tell(String act) {
        story.add(act);
    }

    /** All that was done, for who wants to see it again. */
    List<String> story() {
        return story;
    }

    /** Somebody has written what only a check of the configuration can find. */
    void typo() {
        typo = true;
    }

    boolean hasTypo() {
        return typo;
    }

    /** An operator's backup of the tree is made at this moment. */
    void backUp() throws IOException {
        backups.add(FileTree.of(base).forDirector());
    }

    List<FileTree> backups() {
        return backups;
    }

    /** Directories at a depth below the base: 1 for datacenters, 2 for instances, 3 for VMs. Sorted. */
    List<Path> directories(int depth) throws IOException {
        if (!Files.isDirectory(base)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(base, depth)) {
            return walk.filter(path -> path.getNameCount() - base.getNameCount() == depth
                            && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    /** The VMs' directories that hold such a file. */
    List<Path> withFile(String name) throws IOException {
        return directories(3).stream()
                .filter(path -> Files.isRegularFile(path.resolve(name)))
                .toList();
    }

    Optional<Path> anyDirectory(int depth) throws IOException {
        return pick(directories(depth));
    }

    <T> Optional<T> pick(List<T> some) {
        return some.isEmpty() ? Optional.empty() : Optional.of(any(some));
    }

    static void copy(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path path : all) {
            Path target = to.resolve(from.relativize(path));
            if (!Files.isDirectory(path)) {
                Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
            } else if (!Files.isDirectory(target)) {
                Files.createDirectories(target);
            }
        }
    }

    static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    /** What was there is not there any more, for now: an empty directory is. */
    void unmount(Path directory) throws IOException {
        Path to = aside.resolve("mount" + next());
        Files.move(directory, to);
        Files.createDirectory(directory);
        unmounted.put(directory, to);
    }

    Map<Path, Path> unmounted() {
        return unmounted;
    }

    /** What was unmounted is there again, over what has been put in its place. */
    boolean mount(Path directory) throws IOException {
        Path from = unmounted.remove(directory);
        if (from == null || !Files.isDirectory(directory.getParent())) {
            return false;
        }
        if (Files.exists(directory)) {
            Files.move(directory, aside.resolve("hidden" + next()));
        }
        Files.move(from, directory);
        return true;
    }

    @Override
    public String toString() {
        return String.join("\n", story);
    }
}
