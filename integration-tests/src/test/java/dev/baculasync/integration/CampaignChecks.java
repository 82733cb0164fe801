package dev.baculasync.integration;

import dev.baculasync.integration.DirectorReading.Job;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must hold after each run of a campaign, whatever people have done before it. */
final class CampaignChecks {
    private static final Pattern COUNTED_TWICE = Pattern.compile("(\\d+) VM\\(s\\) have jobs in two places");

    static final int MOST_PERCENT = 30;
    static final int MOST_ALWAYS = 2;

    private static final String LIST = "director.conf";
    private static final String OWN = ".bacula-openstack-sync.";
    private static final String HEADER = "#@";

    /** Outcomes with which a VM's files are not what they were. */
    private static final Set<String> CHANGING = Set.of(
            "created",
            "returned",
            "restored",
            "grace-started",
            "disabled",
            "replaced",
            "renamed",
            "repaired",
            "purged");

    /** Those of them with which nothing but headers may change. */
    private static final Set<String> OF_HEADERS = Set.of("returned", "grace-started", "renamed");

    /** What a Director never minds that a run changes in a job, and operators know of. */
    private static final Pattern LINES_OF_OURS = Pattern.compile("#@.*|\\s*Enabled\\s*=.*|\\s*JobDefs\\s*=.*");

    private final CampaignWorld world;
    private final List<String> broken = new ArrayList<>();

    /** The jobs of the last list that was published, by where they were. */
    private Map<String, String> listedAt = new HashMap<>();

    private boolean isListRefused;

    CampaignChecks(CampaignWorld world) {
        this.world = world;
    }

    /**
     * What there was before a run.
     *
     * @param listed the directories of the VMs that the list names
     * @param loaded the jobs that the Director has loaded
     */
    record Before(FileTree tree, Set<String> listed, Set<String> loaded) {
        static Before of(CampaignWorld world, Set<String> loaded) throws IOException {
            return new Before(FileTree.of(world.base()), places(world), Set.copyOf(loaded));
        }

        String list() {
            return tree.files().getOrDefault(LIST, "(none)");
        }
    }

    /**
     * How a run was made.
     *
     * @param checked whether a check of the configuration was set up
     * @param approved whether an operator has let something through
     * @param afterDeath whether it has finished or undone what another has left
     * @param loaded the jobs that the Director has loaded after it
     */
    record Run(boolean checked, boolean approved, boolean afterDeath, RunTold told, Set<String> loaded) {}

    /** The VMs' directories that the list names, as {@code datacenter/openstack/vm}. */
    private static Set<String> places(CampaignWorld world) throws IOException {
        return DirectorReading.namedBy(world.base().resolve(LIST)).stream()
                .filter(file -> file.endsWith("job"))
                .map(file -> placeOf(world, file.getParent()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String placeOf(CampaignWorld world, Path directory) {
        return world.base().relativize(directory).toString();
    }

    /** The jobs that the list names, by where they are; each is read by itself, as another may spoil the whole list. */
    private Map<String, String> listed() throws IOException {
        Map<String, String> listed = new TreeMap<>();
        for (String place : places(world)) {
            reading(place).jobs().keySet().forEach(job -> listed.put(job, place));
        }
        return listed;
    }

    private DirectorReading reading(String place) throws IOException {
        Path directory = world.base().resolve(place);
        return DirectorReading.of(List.of(directory.resolve("fileset"), directory.resolve("job")));
    }

    /** Whether a Director would refuse the list as it was after the last run, be it by an operator's mistake. */
    boolean isListRefused() {
        return isListRefused;
    }

    private void require(boolean condition, String rule) {
        if (!condition) {
            broken.add("BROKEN: " + rule);
        }
    }

    /** The rules that a run has broken. */
    List<String> check(Before before, Run run) throws IOException {
        broken.clear();
        FileTree after = FileTree.of(world.base());
        DirectorReading list = DirectorReading.of(world.base().resolve(LIST));
        checkList(before, run, after, list);
        checkLosses(before, run);
        checkBackedUpOnce(run, list);
        if (!run.afterDeath()) {
            checkChanges(before, run, after);
        }
        checkOperatorsFiles(before, after);
        if (run.told().exitCode() == 0 && !(list.refusal().isPresent() && isTypoUnseen(run))) {
            checkProtected(list);
        }
        listedAt = listed();
        isListRefused = list.refusal().isPresent();
        return List.copyOf(broken);
    }

    /** Nothing but a check of the configuration finds a typing mistake. */
    private boolean isTypoUnseen(Run run) {
        return world.hasTypo() && !run.checked();
    }

    private void checkList(Before before, Run run, FileTree after, DirectorReading list) throws IOException {
        String listAfter = after.files().getOrDefault(LIST, "(none)");
        boolean same = before.list().equals(listAfter);
        if (run.told().isUnpublished()) {
            require(run.told().exitCode() == 1, "a list that is not published is exit code 1");
            require(run.told().warnsFirst(), "that a list is not published is told first");
            require(same, "a list that is not published is what it was to the byte");
            require(run.loaded().equals(before.loaded()), "a Director is not told of a list that is not published");
        } else if (list.refusal().isPresent()) {
            String words = list.refusal().get();
            require(
                    run.told().exitCode() == 1 || isTypoUnseen(run),
                    "a list that no Director takes is exit code 1: " + words);
            require(
                    same || !run.checked() || wouldBeRefused(before),
                    "after a check that failed the list is what it was: " + words);
            require(!run.told().reload().equals("done"), "a Director is not told of a list that it refuses: " + words);
            if (!run.checked() && !isTypoUnseen(run)) {
                require(
                        same && run.told().warnsFirst(),
                        "a list loads, or it is told first that it does not: " + words);
            }
        }
    }

    /** Whether a Director would now refuse the list as it was before the run. */
    private static boolean wouldBeRefused(Before before) throws IOException {
        return DirectorReading.of(DirectorReading.namedBy(before.list().lines().toList()))
                .refusal()
                .isPresent();
    }

    private void checkLosses(Before before, Run run) throws IOException {
        if (run.approved() || run.told().isUnpublished()) {
            return;
        }
        Set<String> listed = listed().keySet();
        for (String place : before.listed()) {
            DirectorReading there = reading(place);
            if (there.refusal().isEmpty() && !run.told().words().contains("refuses its files")) {
                there.jobs().keySet().stream()
                        .filter(before.loaded()::contains)
                        .forEach(job -> require(
                                listed.contains(job),
                                "a job that was listed and is whole stays listed: " + job + " of " + place));
            }
        }
        Map<String, Integer> of = new TreeMap<>();
        Map<String, Set<String>> lost = new TreeMap<>();
        listedAt.forEach((job, place) -> {
            boolean isList = !before.listed().isEmpty();
            if (isList ? !before.listed().contains(place) : !before.loaded().contains(job)) {
                // Somebody has put an older list back, or there is none, and a Director that is down cannot be asked.
                return;
            }
            String instance = Path.of(place).getParent().toString();
            of.merge(instance, 1, Integer::sum);
            if (!listed.contains(job)) {
                lost.computeIfAbsent(instance, key -> new TreeSet<>()).add(job);
            }
        });
        lost.forEach((instance, jobs) -> require(
                jobs.size() <= most(of.getOrDefault(instance, 0)),
                "one run loses no more jobs of an instance than the limit: " + instance + " " + jobs));
        require(
                lost.values().stream().mapToInt(Set::size).sum() <= most(listedAt.size()),
                "one run loses no more jobs in all than the limit: " + lost);
    }

    static int most(int jobs) {
        return Math.max(MOST_ALWAYS, jobs * MOST_PERCENT / 100);
    }

    private void checkBackedUpOnce(Run run, DirectorReading list) {
        if (list.refusal().isPresent()) {
            return;
        }
        Map<UUID, Set<Job>> jobsOf = new HashMap<>();
        for (Job job : list.jobs().values()) {
            if (job.isEnabled()) {
                list.vmsOf(job)
                        .forEach(vm -> jobsOf.computeIfAbsent(vm, key -> new LinkedHashSet<>())
                                .add(job));
            }
        }
        jobsOf.values().removeIf(jobs -> jobs.size() < 2);
        Matcher counted = COUNTED_TWICE.matcher(run.told().words());
        boolean allAreCounted = counted.find() && Integer.parseInt(counted.group(1)) >= jobsOf.size();
        jobsOf.forEach((vm, jobs) -> {
            if (isLive(vm) && !allAreCounted) {
                long told = jobs.stream()
                        .filter(job -> run.told().words().contains(job.name())
                                || run.told()
                                        .words()
                                        .contains(placeOf(world, job.file().getParent())))
                        .count();
                require(
                        told == jobs.size() && run.told().words().contains(vm.toString()),
                        "that a VM is backed up twice is told: " + vm + " by "
                                + jobs.stream().map(Job::name).toList());
            }
        });
    }

    /** Whether a cloud that clients.conf names has the VM. */
    private boolean isLive(UUID uuid) {
        return world.lines().stream()
                .flatMap(line -> world.live(line.client()).stream())
                .anyMatch(vm -> vm.uuid().equals(uuid));
    }

    /** A file by its path: the directory of its VM, if it is a VM's file. */
    private static Optional<String> vmOf(String file) {
        Path path = Path.of(file);
        String name = path.getFileName().toString();
        return path.getNameCount() == 4 && Set.of("job", "fileset").contains(name)
                ? Optional.of(path.getParent().toString())
                : Optional.empty();
    }

    private void checkChanges(Before before, Run run, FileTree after) throws IOException {
        Set<String> names = new TreeSet<>(before.tree().files().keySet());
        names.addAll(after.files().keySet());
        Map<String, Set<String>> changed = new TreeMap<>();
        for (String name : names) {
            String was = before.tree().files().get(name);
            String is = after.files().get(name);
            if (!String.valueOf(was).equals(String.valueOf(is))) {
                vmOf(name)
                        .ifPresent(vm -> changed.computeIfAbsent(vm, key -> new TreeSet<>())
                                .add(name));
            }
        }
        for (Map.Entry<String, Set<String>> vm : changed.entrySet()) {
            checkChange(vm.getKey(), vm.getValue(), before, run, after);
        }
    }

    private void checkChange(String place, Set<String> files, Before before, Run run, FileTree after) {
        Path path = Path.of(place);
        String texts = before.tree().files().getOrDefault(place + "/job", "")
                + after.files().getOrDefault(place + "/job", "");
        List<RunTold.Vm> plans = run.told().instances().stream()
                .filter(instance -> path.startsWith(Path.of(instance.datacenter(), instance.openstack())))
                .flatMap(instance -> instance.vms().stream())
                .filter(vm -> !vm.job().isEmpty() && texts.contains("\"" + vm.job() + "\""))
                .toList();
        Set<String> outcomes = plans.stream().map(RunTold.Vm::outcome).collect(Collectors.toCollection(TreeSet::new));
        boolean isRepair = files.equals(Set.of(place + "/fileset"))
                && before.tree().files().getOrDefault(place + "/fileset", "").isEmpty()
                && plans.stream().anyMatch(vm -> vm.reason().contains("was missing and is written again"));
        require(
                isRepair || outcomes.stream().anyMatch(CHANGING::contains),
                "what is changed is told: " + files + " with " + outcomes);
        if (OF_HEADERS.containsAll(outcomes)) {
            for (String file : files) {
                require(
                        withoutHeaders(before.tree().files().getOrDefault(file, ""))
                                .equals(withoutHeaders(after.files().getOrDefault(file, ""))),
                        "only headers change: " + file + " with " + outcomes);
            }
        }
    }

    private static String withoutHeaders(String text) {
        return text.lines().filter(line -> !line.startsWith(HEADER)).collect(Collectors.joining("\n"));
    }

    private void checkOperatorsFiles(Before before, FileTree after) {
        before.tree().files().forEach((name, text) -> {
            String fileName = Path.of(name).getFileName().toString();
            if (fileName.startsWith(OWN) || name.equals(LIST)) {
                return;
            }
            String is = after.files().get(name);
            require(is != null, "no file of an operator's is deleted: " + name);
            if (is == null) {
                return;
            }
            if (vmOf(name).isEmpty() || (fileName.equals("job") && !text.contains(HEADER))) {
                require(is.equals(text), "no file of an operator's is changed: " + name);
            } else if (!text.isEmpty()) {
                Set<String> lines = is.lines().collect(Collectors.toSet());
                text.lines()
                        .filter(line -> !LINES_OF_OURS.matcher(line).matches() && !line.contains("instance="))
                        .forEach(line -> require(
                                lines.contains(line), "no line of an operator's is lost: " + name + ": " + line));
            }
        });
    }

    /** Every live VM that has not opted out is backed up by its instance's client, unless an operator has said no. */
    private void checkProtected(DirectorReading list) throws IOException {
        require(list.refusal().isEmpty(), "with exit code 0 a Director takes the list: " + list);
        Map<String, Set<UUID>> backedUp = new LinkedHashMap<>();
        for (Job job : list.jobs().values()) {
            boolean operatorsNo = !job.isEnabled()
                    && Files.readString(job.file()).lines().anyMatch(line -> line.matches("#@status:\\s*active"));
            if (job.isEnabled() || operatorsNo) {
                backedUp.computeIfAbsent(job.client(), key -> new HashSet<>()).addAll(list.vmsOf(job));
            }
        }
        for (OpenStackInstance line : world.lines()) {
            for (LiveVm vm : world.live(line.client())) {
                require(
                        vm.optedOut()
                                || backedUp.getOrDefault(line.client(), Set.of())
                                        .contains(vm.uuid()),
                        "with exit code 0 every live VM has a job on the list: " + line + " " + vm.name() + " "
                                + vm.uuid());
            }
        }
    }
}
