package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.filestore.FileStore;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Settings;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever tenants call their VMs and ask for with their tags: a real Director loads the tree, and has just the jobs it should. */
class HostileNamesTest {
    private static final long SEED = 20_261_121;
    private static final int COUNT = 3_200;
    private static final OpenStackInstance INSTANCE = new OpenStackInstance(
            "datacenter1", "openstack1", Site.CLIENT, RealBacula.RUNNABLE_PROXY, Site.PREFIX, null);
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private static Path folder;

    private static Site site;

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T22:00:00Z"));

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void reset() throws Exception {
        site.reset();
    }

    @Test
    void aRealDirectorLoadsATreeOfHostileNames() throws Exception {
        Set<String> around = names(site.bacula().baseDir().getParent());
        List<LiveVm> fleet = fleet();
        Map<UUID, LiveVm> byUuid = fleet.stream().collect(Collectors.toMap(LiveVm::uuid, vm -> vm));

        SyncReport report = run(fleet);
        assertThat(report.reload()).as(report.reloadDetail()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(outcomes(report)).containsOnly(Map.entry(Outcome.CREATED, COUNT));
        Set<String> jobs = jobs(report);
        assertThat(jobs).hasSize(COUNT).allMatch(BaculaName::isLegal);
        assertThatDirectorHas(jobs, jobs);

        for (ManagedVm vm : stored()) {
            LiveVm live = byUuid.get(vm.uuid());
            assertThat(vm.displayName()).isEqualTo(firstName(live));
            assertThat(vm.jobDefs())
                    .isEqualTo(
                            live.tag() != null && BaculaConfig.JOB_DEFS.contains(live.tag())
                                    ? live.tag()
                                    : "DefaultJob");
        }
        FileTree files = site.tree();
        assertThat(files.forDirector().files().keySet())
                .hasSize(2 * COUNT + 1)
                .allMatch(name -> name.equals("director.conf")
                        || name.matches("datacenter1/openstack1/[A-Za-z0-9_:][A-Za-z0-9._:-]*/(job|fileset)"));
        assertThat(files.files().entrySet().stream()
                        .filter(file -> file.getKey().endsWith("/job"))
                        .map(file ->
                                file.getValue().chars().filter(c -> c == '\n').count()))
                .as("no name adds a line")
                .allMatch(lines -> lines == 19);
        assertThat(names(site.bacula().baseDir().getParent())).isEqualTo(around);

        Collections.shuffle(fleet, new Random(SEED));
        report = run(fleet);
        assertThat(outcomes(report)).containsOnly(Map.entry(Outcome.UNCHANGED, COUNT));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
        assertThat(site.tree().forDirector()).isEqualTo(files.forDirector());

        // Every VM takes the name of another, a third of them vanish for good: edits of all that is there.
        List<LiveVm> renamed = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            LiveVm vm = fleet.get(i);
            String name = fleet.get((i + 1) % COUNT).name();
            renamed.add(new LiveVm(name, vm.uuid(), vm.tag(), vm.optedOut(), vm.warnings()));
        }
        List<LiveVm> left = renamed.subList(0, COUNT * 2 / 3);
        run(left);
        clock.advance(DAY.multipliedBy(15));
        report = run(left);
        assertThat(report.instances().get(0).count(Outcome.DISABLED)).isEqualTo(COUNT - left.size());
        Map<UUID, LiveVm> leftByUuid = left.stream().collect(Collectors.toMap(LiveVm::uuid, vm -> vm));
        Set<String> enabled = new TreeSet<>();
        for (ManagedVm vm : stored()) {
            LiveVm now = leftByUuid.get(vm.uuid());
            assertThat(vm.displayName())
                    .as("a VM listed without a name keeps the one it had")
                    .isEqualTo(now != null && now.isNamed() ? kept(now.name()) : firstName(byUuid.get(vm.uuid())));
            if (now != null) {
                enabled.add(vm.job());
            }
        }
        assertThatDirectorHas(jobs, enabled);
    }

    @Test
    void noTenantReachesATerminalThroughTheProgram() throws Exception {
        List<String> names = HostileText.texts(SEED, COUNT).stream()
                .filter(name -> name.indexOf('\n') < 0)
                .toList();
        Random random = new Random(SEED);
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        Map<String, String> expected = new HashMap<>();
        for (String name : names) {
            String uuid = new UUID(random.nextLong(), random.nextLong()).toString();
            String tag = random.nextInt(4) == 0 ? names.get(random.nextInt(names.size())) : "";
            list.writeBytes(("server=" + name + " uuid=" + uuid + (tag.isEmpty() ? "" : " tag=" + tag) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            String read = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                    .replaceAll("^[ \t]+|[ \t]+$", "");
            boolean clear = !read.isBlank() && (name + tag).chars().noneMatch(c -> c == '=' || c == '"');
            if (clear) {
                expected.put(uuid, kept(read));
            }
        }
        assertThat(expected).hasSizeGreaterThan(2_000);
        // Bytes that are no text at all.
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[40];
            random.nextBytes(bytes);
            list.writeBytes("server=".getBytes(StandardCharsets.US_ASCII));
            list.writeBytes(new String(bytes, StandardCharsets.ISO_8859_1)
                    .replace('\n', '\u009b')
                    .getBytes(StandardCharsets.ISO_8859_1));
            list.writeBytes((" uuid=" + new UUID(random.nextLong(), random.nextLong()) + "\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
        site.bacula().answerQuery(Site.CLIENT, list.toByteArray());

        Program program = site.program();
        assertThatNothingObeyed(program.with("LOG_LEVEL", "trace").run("sync", "--dry-run"));
        Program.Result json = program.without("LOG_LEVEL").run("sync", "--json");
        assertThatNothingObeyed(json);
        Map<String, String> created = new HashMap<>();
        for (JsonNode vm : json.json().get("clients").get(0).get("vms")) {
            assertThat(vm.get("outcome").textValue()).isIn("created", "quarantined", "opted-out");
            if (vm.get("outcome").textValue().equals("created")) {
                created.put(vm.get("uuid").textValue(), vm.get("vm").textValue());
            }
        }
        assertThat(created).containsAllEntriesOf(expected);
        assertThat(json.json().get("reload").textValue()).isEqualTo("done");
        site.assertDirectorWouldLoadIt("names from a list");
        Set<String> written = new TreeSet<>(Set.of("Base", "RestoreFiles"));
        program.run("status", "--json")
                .json()
                .get("vms")
                .forEach(vm -> written.add(vm.get("job").textValue()));
        assertThat(written).hasSizeGreaterThan(created.size());
        assertThat(site.bacula().jobNames()).isEqualTo(written);

        Program.Result lines = program.run("sync");
        assertThatNothingObeyed(lines);
        assertThat(lines.out().lines().filter(line -> line.startsWith("created")))
                .isEmpty();
        assertThat(lines.out().lines())
                .as("no name makes a line of its own")
                .allMatch(line -> line.matches("(instance|summary|unchanged|quarantined|opted-out)\t.*"));
        assertThatNothingObeyed(program.run("status"));
        assertThatNothingObeyed(program.run("status", "--json"));
    }

    private List<LiveVm> fleet() {
        Random random = new Random(SEED);
        List<String> names = HostileText.texts(SEED, COUNT);
        List<LiveVm> fleet = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            // Some UUIDs begin alike, and so would the names that are made of them.
            long high = i % 50 == 0 ? 0x014c5892_00000000L | i : random.nextLong();
            fleet.add(LiveVm.of(names.get(i), new UUID(high, random.nextLong())).withTag(tag(random, names)));
        }
        return fleet;
    }

    private static String tag(Random random, List<String> names) {
        return switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> BaculaConfig.JOB_DEFS.get(random.nextInt(BaculaConfig.JOB_DEFS.size()));
            default -> names.get(random.nextInt(names.size()));
        };
    }

    private SyncReport run(List<LiveVm> fleet) {
        inventory.answer(INSTANCE, Discovery.complete(fleet));
        Settings settings = Settings.of(site.bacula().settings());
        SyncReport report = SyncEngine.builder()
                .inventory(inventory)
                .catalog(new InMemoryCatalog())
                .store(store())
                .director(new BconsoleDirectorProvider().create(settings))
                .clock(clock)
                .policy(SyncPolicy.builder().dedup(null).maxDisablePercent(100).build())
                .reloadAfterSync(true)
                .build()
                .run(List.of(INSTANCE));
        assertThat(settings.problems()).isEmpty();
        assertThat(report.instances().get(0).error()).isNull();
        return report;
    }

    private static ConfigStore store() {
        return FileStore.in(site.bacula().baseDir()).build();
    }

    private static List<ManagedVm> stored() {
        try (StoreSession session = store().open(ConfigStore.Access.READ)) {
            assertThat(session.read(INSTANCE).problems()).isEmpty();
            return session.read(INSTANCE).vms();
        }
    }

    private static Map<Outcome, Integer> outcomes(SyncReport report) {
        return report.instances().get(0).vms().stream()
                .collect(Collectors.toMap(VmPlan::outcome, vm -> 1, Integer::sum));
    }

    private static Set<String> jobs(SyncReport report) {
        return report.instances().get(0).vms().stream().map(VmPlan::job).collect(Collectors.toSet());
    }

    private static void assertThatDirectorHas(Set<String> ours, Set<String> enabled) throws Exception {
        site.assertDirectorWouldLoadIt("hostile names");
        Set<String> expected = new TreeSet<>(ours);
        expected.addAll(Set.of("Base", "RestoreFiles"));
        assertThat(site.bacula().jobNames()).isEqualTo(expected);
        Set<String> shown = site.bacula()
                .ask("show jobs")
                .lines()
                .filter(line -> line.startsWith("Job: name=") && line.contains(" Enabled=1"))
                .map(line -> line.substring("Job: name=".length(), line.indexOf(" JobType=")))
                .filter(ours::contains)
                .collect(Collectors.toSet());
        assertThat(shown).isEqualTo(enabled);
    }

    /** Neither an escape sequence nor a line or direction of text that is not ours. */
    private static void assertThatNothingObeyed(Program.Result result) {
        assertThat(result.exitCode()).as(result.err()).isIn(0, 1);
        for (String text : List.of(result.out(), result.err())) {
            assertThat(text.codePoints()
                            .filter(c -> c != '\n' && c != '\t' && isObeyed(c))
                            .mapToObj("U+%04X"::formatted)
                            .toList())
                    .isEmpty();
        }
    }

    private static boolean isObeyed(int c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** What a VM is called that was never seen before. */
    private static String firstName(LiveVm vm) {
        return vm.isNamed() ? kept(vm.name()) : "vm-" + vm.uuid().toString().substring(0, 8);
    }

    /** OpenStack allows 255; of what is longer than any of its names so much is kept. */
    private static String kept(String name) {
        if (name.length() <= 1024) {
            return name;
        }
        return name.substring(0, Character.isHighSurrogate(name.charAt(1023)) ? 1023 : 1024);
    }
}
