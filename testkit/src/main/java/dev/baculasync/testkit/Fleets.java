package dev.baculasync.testkit;

import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.JobDirectives;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Arbitraries for VMs as tenants make them, the hostile ones included. */
public final class Fleets {
    private static final List<String> HOSTILE_NAMES = List.of(
            "",
            " ",
            ".",
            "..",
            "-",
            "-rf",
            "../../etc/passwd",
            "a/b",
            "a\nEnabled = no",
            "a\r\n#@status: disabled",
            "\"; }",
            "a\\",
            "a\\u000a",
            "\u001b[31mred",
            "\u202etxt.exe",
            "server=x uuid=014c5892-5efb-4efb-bd60-4e038800475d",
            "job",
            "fileset",
            "director.conf",
            "\ud800",
            "x".repeat(300),
            "y".repeat(2000),
            "a\u0000b",
            "@/etc/passwd",
            "@|\"reboot\"",
            "web 1",
            "Web",
            "web",
            "web-00000000",
            "日本",
            "ﬀ");

    private Fleets() {}

    /** A few UUIDs, so that the same one turns up again and again. */
    public static Arbitrary<UUID> uuids() {
        return Arbitraries.integers()
                .between(0, 40)
                .map(n -> new UUID((long) (n % 3) << 60 | 0x4000L, 0x8000_0000_0000_0000L + n));
    }

    /**
     * Display names: ordinary ones, a few that collide, hostile ones, those that look as if they were made from another VM's
     * UUID, and anything at all.
     */
    public static Arbitrary<String> names() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of("web", "db", "web-1", "app.example:1", "cache_2", "a b", "a_b")),
                Tuple.of(3, Arbitraries.of(HOSTILE_NAMES)),
                Tuple.of(2, lookalikes()),
                Tuple.of(2, Arbitraries.strings().ofMaxLength(160)),
                Tuple.of(1, Arbitraries.strings().withChars("abcABC019._-: ").ofMaxLength(140)));
    }

    /** What a VM of another UUID may be called when its own name cannot be used. */
    private static Arbitrary<String> lookalikes() {
        return Combinators.combine(
                        Arbitraries.of("web", "db", "a_b", "_"),
                        uuids(),
                        Arbitraries.of(8, 12, 16, 20, 24, 28, 32),
                        Arbitraries.of("", "", "-2"))
                .as((name, uuid, digits, number) ->
                        name + "-" + uuid.toString().replace("-", "").substring(0, digits) + number);
    }

    /**
     * Fleets in which one VM's name cannot be used as it is, and others are called whatever could be made of it, up to the
     * whole UUID and a number.
     */
    public static Arbitrary<List<LiveVm>> conspiracies() {
        return Combinators.combine(uuids(), Arbitraries.integers().between(0, 9))
                .as((victim, named) -> {
                    String digits = victim.toString().replace("-", "");
                    List<LiveVm> vms = new ArrayList<>(List.of(LiveVm.of("a b", victim)));
                    for (int i = 0; i < named; i++) {
                        String end = i < 7 ? digits.substring(0, 8 + 4 * i) : digits + "-" + (i - 5);
                        vms.add(LiveVm.of("a_b-" + end, new UUID(i, 1)));
                    }
                    return vms;
                });
    }

    /** Tags: mostly none, some good, some bad. */
    public static Arbitrary<String> tags() {
        return Arbitraries.of("LinuxVMJob", "mysql-consistent", "nosuch", "bad\"tag", "", "x".repeat(200));
    }

    /** VMs beyond doubt. */
    public static Arbitrary<LiveVm> vms() {
        return Combinators.combine(names(), uuids(), tags().injectNull(0.7), Arbitraries.of(true, false, false, false))
                .as((name, uuid, tag, optedOut) -> new LiveVm(name, uuid, tag, optedOut, List.of()));
    }

    /** Lists of VMs in which every UUID stands once. */
    public static Arbitrary<List<LiveVm>> fleets(int atMost) {
        return vms().list().ofMaxSize(atMost).uniqueElements(LiveVm::uuid);
    }

    /** An instance of an ordinary name. */
    public static OpenStackInstance instance(int number) {
        return new OpenStackInstance(
                "datacenter" + number,
                "openstack1",
                "bacula-dc" + number + "-os1-fd",
                "dc" + number + "-os1-proxy",
                "backup-dc" + number + "-os1-",
                null);
    }

    /** A managed VM as the command line makes one with its defaults; its display name is the slug. */
    public static ManagedVm.Builder vm(OpenStackInstance instance, String slug, UUID uuid) {
        ManagedVm.Builder vm = ManagedVm.builder(instance, slug, uuid);
        JobDirectives own = vm.build().directives();
        return vm.directives(new JobDirectives(
                        own.name(),
                        true,
                        "DefaultJob",
                        own.client(),
                        own.fileSet(),
                        "File1",
                        "Default",
                        "WeeklyCycle",
                        "Standard"))
                .fileSet(new FileSetFacts(own.fileSet(), instance.proxyServer(), "sha256", Set.of(uuid)));
    }
}
