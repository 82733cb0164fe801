package dev.baculasync.core;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run did about one OpenStack instance. Immutable.
 *
 * @param instance the instance
 * @param discovery how far its list of live VMs could be trusted
 * @param error why the instance, or a part of it, could not be handled; null when all went well
 * @param vms one entry for each VM; its edit is what was carried out, or, in a dry run, what would have been
 * @param alarms what needs a person about the instance as a whole
 * @param announcements what is told before all else, though it needs nobody
 * @param notes what an operator should know that is not about a single VM
 * @param actionRequired what only a person can do
 * @param digest what an operator approves to let through what was held; null when nothing was
 */
public record InstanceReport(
        OpenStackInstance instance,
        Discovery.Verdict discovery,
        @Nullable String error,
        List<VmPlan> vms,
        List<String> alarms,
        List<String> announcements,
        List<String> notes,
        List<String> actionRequired,
        @Nullable String digest) {
    public InstanceReport {
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(discovery, "discovery");
        vms = List.copyOf(vms);
        alarms = List.copyOf(alarms);
        announcements = List.copyOf(announcements);
        notes = List.copyOf(notes);
        actionRequired = List.copyOf(actionRequired);
    }

    /** What is told before all else: what needs a person, then what does not. */
    public List<String> toldFirst() {
        return Stream.concat(alarms.stream(), announcements.stream()).toList();
    }

    /** How many VMs have an outcome. */
    public long count(Outcome outcome) {
        return vms.stream().filter(vm -> vm.outcome() == outcome).count();
    }

    /** Whether somebody should look at this instance. */
    public boolean hasProblem() {
        return error != null
                || !alarms.isEmpty()
                || vms.stream().anyMatch(vm -> vm.outcome().isProblem());
    }

    InstanceReport withVms(List<VmPlan> others) {
        return new InstanceReport(
                instance, discovery, error, others, alarms, announcements, notes, actionRequired, digest);
    }

    InstanceReport withAlarm(String alarm) {
        List<String> more = Stream.concat(alarms.stream(), Stream.of(alarm)).toList();
        return new InstanceReport(instance, discovery, error, vms, more, announcements, notes, actionRequired, digest);
    }

    InstanceReport withError(String why) {
        if (why.equals(error)) {
            return this;
        }
        return new InstanceReport(
                instance,
                discovery,
                error == null ? why : error + "; " + why,
                vms,
                alarms,
                announcements,
                notes,
                actionRequired,
                digest);
    }
}
