package dev.baculasync.integration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.OpenStackInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What a run has told, by its report or by what the program printed.
 *
 * @param notes what is said of the whole run, the most urgent first
 * @param digests what can be approved: the list as a whole, and what was held of instances
 */
record RunTold(
        int exitCode, String reload, List<String> notes, Set<String> digests, List<Instance> instances, String words) {
    private static final String UNPUBLISHED = "the Director's list is not published";

    /** What it has told of an instance. */
    record Instance(String datacenter, String openstack, String client, List<String> notes, List<Vm> vms) {}

    /** What it has told of a VM; no UUID and no job are empty. */
    record Vm(String vm, String uuid, String job, String outcome, String reason, List<String> warnings) {
        String words() {
            return vm + " " + uuid + " " + job + ": " + outcome + ": " + reason + " " + warnings;
        }
    }

    static RunTold of(SyncReport report) {
        Set<String> digests = new TreeSet<>();
        Stream.concat(
                        Stream.ofNullable(report.digest()),
                        report.instances().stream().map(InstanceReport::digest).flatMap(Stream::ofNullable))
                .forEach(digests::add);
        List<String> notes = new ArrayList<>(report.listProblems());
        Stream.ofNullable(report.configurationProblem()).forEach(notes::add);
        Stream.ofNullable(report.reloadDetail()).forEach(notes::add);
        notes.addAll(report.notes());
        notes.addAll(report.remarks());
        List<Instance> instances = report.instances().stream().map(RunTold::of).toList();
        return new RunTold(
                report.hasProblem() ? 1 : 0,
                report.reload().word(),
                notes,
                digests,
                instances,
                words(notes, instances));
    }

    private static Instance of(InstanceReport report) {
        OpenStackInstance instance = report.instance();
        List<String> notes = Stream.of(
                        Stream.ofNullable(report.error()), report.toldFirst().stream(), report.notes().stream())
                .flatMap(some -> some)
                .toList();
        return new Instance(
                instance.datacenter(),
                instance.openstack(),
                instance.client(),
                notes,
                report.vms().stream().map(RunTold::of).toList());
    }

    private static Vm of(VmPlan plan) {
        return new Vm(
                plan.vm(),
                plan.uuid() == null ? "" : plan.uuid().toString(),
                plan.job() == null ? "" : plan.job(),
                plan.outcome().word(),
                plan.reason(),
                plan.warnings());
    }

    /** What {@code sync --json} printed. */
    static RunTold of(JsonNode json, String err) {
        Set<String> digests = new TreeSet<>();
        addText(digests, json.path("digest"));
        List<Instance> instances = new ArrayList<>();
        for (JsonNode client : json.get("clients")) {
            addText(digests, client.path("digest"));
            List<Vm> vms = new ArrayList<>();
            for (JsonNode vm : client.get("vms")) {
                vms.add(new Vm(
                        vm.path("vm").asText(""),
                        vm.path("uuid").isNull() ? "" : vm.path("uuid").asText(""),
                        vm.path("job").isNull() ? "" : vm.path("job").asText(""),
                        vm.path("outcome").asText(),
                        vm.path("reason").asText(),
                        texts(vm.path("warnings"))));
            }
            List<String> notes = new ArrayList<>(texts(client.path("notes")));
            if (client.path("error").isTextual()) {
                notes.add(0, client.path("error").asText());
            }
            instances.add(new Instance(
                    client.path("datacenter").asText(),
                    client.path("openstack").asText(),
                    client.path("client").asText(),
                    notes,
                    vms));
        }
        List<String> notes = texts(json.path("notes"));
        return new RunTold(
                json.path("exitCode").asInt(),
                json.path("reload").asText(),
                notes,
                digests,
                instances,
                words(notes, instances) + "\n" + err);
    }

    private static void addText(Set<String> all, JsonNode node) {
        if (node.isTextual()) {
            all.add(node.textValue());
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static String words(List<String> notes, List<Instance> instances) {
        StringBuilder words = new StringBuilder();
        notes.forEach(note -> words.append("! ").append(note).append('\n'));
        for (Instance instance : instances) {
            words.append(instance.datacenter() + "/" + instance.openstack() + " " + instance.client() + "\n");
            instance.notes().forEach(note -> words.append("  ! ").append(note).append('\n'));
            instance.vms().forEach(vm -> words.append("  ").append(vm.words()).append('\n'));
        }
        return words.toString();
    }

    /** Whether it says that the list would lose too much, and so is what it was. */
    boolean isUnpublished() {
        return notes.stream().anyMatch(note -> note.contains(UNPUBLISHED));
    }

    /** Whether the very first that it says is that nobody should touch the Director, or that nothing is published. */
    boolean warnsFirst() {
        Optional<String> first = notes.stream().findFirst();
        return first.filter(words ->
                        words.startsWith("do not reload or restart the Director") || words.contains(UNPUBLISHED))
                .isPresent();
    }

    List<Vm> vms() {
        return instances.stream().flatMap(instance -> instance.vms().stream()).toList();
    }
}
