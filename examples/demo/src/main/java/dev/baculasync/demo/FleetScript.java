package dev.baculasync.demo;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What happens in the two datacenters: the same each time, some of it told here word by word, the small traffic drawn from
 * a random sequence with a fixed seed.
 */
final class FleetScript {
    /** How many evenings there are. */
    static final int DAYS = 120;

    /** What a tenant can call a VM: a quote, a line end, a path and a terminal's escape sequence. */
    static final String HOSTILE_NAME = "x\"\n../../etc\u001b[31m";

    private static final OpenStackInstance DC1_OS1 =
            new OpenStackInstance("dc1", "os1", "bacula-dc1-os1-fd", "dc1-os1-proxy", "backup-dc1-os1-", null);
    private static final OpenStackInstance DC1_OS2 =
            new OpenStackInstance("dc1", "os2", "bacula-dc1-os2-fd", "dc1-os2-proxy", "backup-dc1-os2-", "WindowsVM");
    private static final OpenStackInstance DC2_OS1 =
            new OpenStackInstance("dc2", "os1", "bacula-dc2-os1-fd", "dc2-os1-proxy", "backup-dc2-os1-", null);
    static final List<OpenStackInstance> INSTANCES = List.of(DC1_OS1, DC1_OS2, DC2_OS1);

    private static final long SEED = 20261122L;

    private final SimulatedOpenStack cloud;
    private final Path baseDir;
    private final Map<Integer, List<Event>> events = new TreeMap<>();

    private record Event(String story, Runnable change) {}

    /**
     * @param cloud what it happens to
     * @param baseDir where an operator's accident happens
     */
    FleetScript(SimulatedOpenStack cloud, Path baseDir) {
        this.cloud = cloud;
        this.baseDir = baseDir;
        firstDay();
        losses();
        changes();
        disturbances();
        smallTraffic(new Random(SEED));
    }

    /** Lets a day's events happen; what a person would tell about them. */
    List<String> play(int day) {
        List<String> stories = new ArrayList<>();
        for (Event event : events.getOrDefault(day, List.of())) {
            event.change().run();
            stories.add(event.story());
        }
        return stories;
    }

    private void firstDay() {
        on(1, "two datacenters with three OpenStack instances and their VMs; nothing is backed up yet", () -> {
            for (String name : numbered("web", 6)) {
                boot(DC1_OS1, name);
            }
            for (String name : List.of("cache-01", "mail-01")) {
                boot(DC1_OS1, name);
            }
            for (String name : numbered("db", 2)) {
                cloud.boot(DC1_OS1, vm(DC1_OS1, name).withTag("mysql-consistent"));
            }
            cloud.boot(DC1_OS1, vm(DC1_OS1, "scratch-01").withOptedOut(true));
            // Two VMs with one name.
            cloud.boot(DC1_OS1, LiveVm.of("lb", uuid(DC1_OS1, "lb, the first")));
            cloud.boot(DC1_OS1, LiveVm.of("lb", uuid(DC1_OS1, "lb, the second")));
            for (String name : numbered("win-app", 5)) {
                boot(DC1_OS2, name);
            }
            for (String name : numbered("win-dc", 2)) {
                boot(DC1_OS2, name);
            }
            cloud.boot(DC1_OS2, vm(DC1_OS2, "win-sql-01").withTag("MSSQL-Gold"));
            for (String name : numbered("k8s-node", 8)) {
                boot(DC2_OS1, name);
            }
            for (String name : List.of("k8s-main-01", "k8s-main-02", "gitlab", "registry", "monitor")) {
                boot(DC2_OS1, name);
            }
        });
        on(4, "web-07 is started", () -> boot(DC1_OS1, "web-07"));
        on(
                6,
                "somebody starts a VM with a malicious name and tag",
                () -> cloud.boot(
                        DC1_OS2,
                        LiveVm.of(HOSTILE_NAME, uuid(DC1_OS2, HOSTILE_NAME)).withTag("Gold\"; Enabled = no #")));
    }

    private void losses() {
        absent(DC1_OS1, "cache-01", 9, 14);
        on(20, "mail-01 is deleted for good", () -> remove(DC1_OS1, "mail-01"));
        absent(DC1_OS2, "win-dc-02", 28, 60);
        on(55, "a lost role assignment hides five of the k8s nodes from OpenStack's API", () -> {
            for (int i = 4; i <= 8; i++) {
                remove(DC2_OS1, "k8s-node-0" + i);
            }
        });
        on(72, "the role is assigned again", () -> {
            for (int i = 4; i <= 8; i++) {
                boot(DC2_OS1, "k8s-node-0" + i);
            }
        });
    }

    private void changes() {
        on(
                12,
                "gitlab is renamed",
                () -> cloud.change(
                        DC2_OS1, uuid(DC2_OS1, "gitlab"), vm -> LiveVm.of("gitlab-ce", uuid(DC2_OS1, "gitlab"))));
        on(25, "win-app-03 is deleted and built anew under its old name", () -> {
            remove(DC1_OS2, "win-app-03");
            cloud.boot(DC1_OS2, LiveVm.of("win-app-03", uuid(DC1_OS2, "win-app-03, built anew")));
        });
        on(
                40,
                "scratch-01 drops its backup=false",
                () -> cloud.change(DC1_OS1, uuid(DC1_OS1, "scratch-01"), vm -> vm.withOptedOut(false)));
        on(
                45,
                "monitor asks not to be backed up any more",
                () -> cloud.change(DC2_OS1, uuid(DC2_OS1, "monitor"), vm -> vm.withOptedOut(true)));
        on(50, "an operator deletes the fileset file of registry by mistake", () -> {
            try {
                Files.delete(baseDir.resolve("dc2/os1/registry/fileset"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void disturbances() {
        on(
                15,
                "the File Daemon of dc2/os1 cannot be reached",
                () -> cloud.disturb(
                        DC2_OS1, whole -> Discovery.failed("[DE0029] Unable to connect to Client bacula-dc2-os1-fd")));
        on(
                17,
                "the File Daemon of dc1/os1 dies in the middle of its list",
                () -> cloud.disturb(
                        DC1_OS1,
                        whole -> Discovery.incomplete(
                                whole.vms().subList(0, 5),
                                List.of(),
                                "the File Daemon was started anew while it listed its VMs")));
        on(
                33,
                "a second record in dc1/os1 bears the UUID of web-01",
                () -> cloud.disturb(DC1_OS1, whole -> {
                    UUID shared = uuid(DC1_OS1, "web-01");
                    String reason = "2 records share this UUID";
                    return Discovery.complete(
                            whole.vms().stream()
                                    .filter(vm -> !vm.uuid().equals(shared))
                                    .toList(),
                            List.of(
                                    new DoubtfulVm(reason, "web-01", Set.of(shared)),
                                    new DoubtfulVm(reason, "web-01-copy", Set.of(shared))));
                }));
    }

    /** Six short-lived VMs, half of which are deleted, and four that are away for some days. */
    private void smallTraffic(Random random) {
        for (int i = 1; i <= 6; i++) {
            OpenStackInstance instance = INSTANCES.get(random.nextInt(INSTANCES.size()));
            String name = "batch-0" + i;
            int start = 41 + random.nextInt(35);
            on(start, name + " is started", () -> boot(instance, name));
            if (i % 2 == 0) {
                on(start + 3 + random.nextInt(20), name + " is deleted for good", () -> remove(instance, name));
            }
        }
        for (int i = 2; i <= 5; i++) {
            boolean web = random.nextBoolean();
            int start = 76 + random.nextInt(30);
            absent(web ? DC1_OS1 : DC1_OS2, (web ? "web-0" : "win-app-0") + i, start, start + 1 + random.nextInt(10));
        }
    }

    private void absent(OpenStackInstance instance, String name, int from, int until) {
        on(from, name + " is not there", () -> remove(instance, name));
        on(until, name + " is there again", () -> boot(instance, name));
    }

    private void on(int day, String story, Runnable change) {
        events.computeIfAbsent(day, key -> new ArrayList<>()).add(new Event(story, change));
    }

    private void boot(OpenStackInstance instance, String name) {
        cloud.boot(instance, vm(instance, name));
    }

    private void remove(OpenStackInstance instance, String name) {
        cloud.remove(instance, uuid(instance, name));
    }

    private static LiveVm vm(OpenStackInstance instance, String name) {
        return LiveVm.of(name, uuid(instance, name));
    }

    private static UUID uuid(OpenStackInstance instance, String what) {
        return UUID.nameUUIDFromBytes((instance + "/" + what).getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> numbered(String stem, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(stem + "-0" + i);
        }
        return names;
    }
}
