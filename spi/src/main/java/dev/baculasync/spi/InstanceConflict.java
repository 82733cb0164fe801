package dev.baculasync.spi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Why two OpenStack instances cannot be handled by one Director: they share a directory or a client, or two of their VMs could
 * get one resource name.
 *
 * @param index the instance that the other one is in the way of
 * @param other the other one: the earlier of two that are the same, the one with the shorter prefix otherwise
 * @param field what they share, e.g. {@code job_prefix}
 * @param value what the instance has there
 * @param otherValue what the other one has there: the same, or what {@code value} begins with
 */
public record InstanceConflict(int index, int other, String field, String value, String otherValue) {
    /** What tells instances apart. The texts may be illegal names: what is checked here does not depend on that. */
    public record Identity(String datacenter, String openstack, String client, String jobPrefix) {
        public Identity {
            Objects.requireNonNull(datacenter, "datacenter");
            Objects.requireNonNull(openstack, "openstack");
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(jobPrefix, "jobPrefix");
        }

        /** That of an instance. */
        public static Identity of(OpenStackInstance instance) {
            return new Identity(instance.datacenter(), instance.openstack(), instance.client(), instance.jobPrefix());
        }

        private String place() {
            return datacenter + " " + openstack;
        }

        private String fileSetPrefix() {
            return OpenStackInstance.fileSetPrefix(datacenter, openstack);
        }
    }

    /**
     * The conflict as a sentence without its subject.
     *
     * @param otherName how the other instance is called, e.g. {@code line 7}
     */
    public String describe(String otherName) {
        String what = field + " \"" + value + "\" ";
        String consequence = field.endsWith("prefix") ? "; two VMs could get one name" : "";
        return value.equals(otherValue)
                ? what + "is used in " + otherName + " already" + consequence
                : what + "begins with the one of " + otherName + ", \"" + otherValue + "\"" + consequence;
    }

    /** All conflicts among some instances. */
    public static List<InstanceConflict> among(List<Identity> instances) {
        List<InstanceConflict> conflicts = new ArrayList<>();
        addDuplicates(instances, "client", Identity::client, conflicts);
        addDuplicates(instances, "datacenter and openstack", Identity::place, conflicts);
        addPrefixes(instances, "job_prefix", Identity::jobPrefix, conflicts);
        addPrefixes(instances, "FileSet prefix", Identity::fileSetPrefix, conflicts);
        return conflicts;
    }

    private static void addDuplicates(
            List<Identity> instances,
            String field,
            Function<Identity, String> value,
            List<InstanceConflict> conflicts) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < instances.size(); i++) {
            String text = value.apply(instances.get(i));
            Integer earlier = seen.putIfAbsent(text, i);
            if (earlier != null) {
                conflicts.add(new InstanceConflict(i, earlier, field, text, text));
            }
        }
    }

    /** In sorted order, all strings with a common prefix follow that prefix without a gap. */
    private static void addPrefixes(
            List<Identity> instances,
            String field,
            Function<Identity, String> prefix,
            List<InstanceConflict> conflicts) {
        List<Integer> sorted = IntStream.range(0, instances.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> prefix.apply(instances.get(i)))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        Deque<Integer> open = new ArrayDeque<>();
        for (int i : sorted) {
            String text = prefix.apply(instances.get(i));
            while (!open.isEmpty() && !text.startsWith(prefix.apply(instances.get(open.peek())))) {
                open.pop();
            }
            Integer shorter = open.peek();
            if (shorter != null) {
                conflicts.add(new InstanceConflict(i, shorter, field, text, prefix.apply(instances.get(shorter))));
            }
            open.push(i);
        }
    }
}
