package dev.baculasync.core;

import dev.baculasync.core.lifecycle.LifecycleState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must become of a small fleet, told in the words of the rules and without any of the code that keeps them: it counts,
 * for each VM, the days on which it was provably absent.
 */
final class FleetModel {
    static final int VMS = 6;

    /** How the discovery of a day went, or whether the catalog could not be read. */
    enum Sight {
        CLEAR,
        SHORT,
        NONE,
        CATALOG_DOWN
    }

    /** Whether, and when, the run of a day dies. */
    enum Death {
        NONE,
        /** With its files written, but not settled; the Director is restarted then, and loads them. */
        BEFORE_IT_SETTLED,
        BEFORE_THE_RELOAD
    }

    /**
     * One day.
     *
     * @param names what each VM is called, by number in the list of names; -1 for one that is not there
     * @param optedOut the VMs that ask not to be backed up
     * @param doubtful the VMs whose UUID a second, broken record names as well
     * @param anonymous the names of records without a UUID
     * @param failing the VM whose edits fail, or -1
     */
    record Day(
            List<Integer> names,
            Sight sight,
            Set<Integer> optedOut,
            Set<Integer> doubtful,
            Set<Integer> anonymous,
            int failing,
            boolean reloadFails,
            Death death) {
        boolean isLive(int vm) {
            return names.get(vm) >= 0;
        }

        boolean isBlind() {
            return sight != Sight.CLEAR;
        }

        boolean isClearlyThere(int vm) {
            return isLive(vm) && !doubtful.contains(vm);
        }
    }

    /** What is held about a VM that has a job; its name is the one it had when that was last written. */
    static final class Held {
        LifecycleState state = LifecycleState.ACTIVE;
        int daysAbsent;
        String name;

        private Held(String name) {
            this.name = name;
        }
    }

    private final List<String> names;
    private final int graceDays;
    private final Map<Integer, Held> held = new HashMap<>();
    private boolean wasBlind;

    FleetModel(List<String> names, int graceDays) {
        this.names = names;
        this.graceDays = graceDays;
    }

    Map<Integer, Held> held() {
        return held;
    }

    /** The VMs that take over jobs of those that are gone, by name; empty when the list proves nobody's absence. */
    Map<String, List<Integer>> heirs(Day day) {
        Map<String, List<Integer>> heirs = new HashMap<>();
        for (int vm = 0; vm < VMS && day.sight() == Sight.CLEAR; vm++) {
            if (day.isClearlyThere(vm)
                    && !day.optedOut().contains(vm)
                    && !held.containsKey(vm)
                    && !gone(day, name(day, vm)).isEmpty()) {
                List<Integer> ofName = heirs.computeIfAbsent(name(day, vm), name -> new ArrayList<>());
                if (ofName.size() < gone(day, name(day, vm)).size()) {
                    ofName.add(vm);
                }
            }
        }
        return heirs;
    }

    /** The VMs of a name that have a job, and that nothing in the list can be. */
    List<Integer> gone(Day day, String name) {
        List<Integer> gone = new ArrayList<>();
        for (int vm : new TreeSet<>(held.keySet())) {
            String last = Objects.requireNonNull(held.get(vm)).name;
            if (!day.isLive(vm) && last.equals(name) && !isAnonymous(day, last)) {
                gone.add(vm);
            }
        }
        return gone;
    }

    /** A night passes. */
    void age() {
        if (!wasBlind) {
            held.values().stream()
                    .filter(vm -> vm.state == LifecycleState.MISSING)
                    .forEach(vm -> vm.daysAbsent++);
        }
    }

    /** What a day whose run was undone leaves behind. */
    void undone(Day day) {
        wasBlind = day.isBlind();
    }

    /**
     * A day's run.
     *
     * @param inherited which VM each heir takes the job of; the rules leave open which of several of a name it is
     */
    void run(Day day, Map<Integer, Integer> inherited) {
        wasBlind = day.isBlind();
        if (day.sight() == Sight.NONE || day.sight() == Sight.CATALOG_DOWN) {
            return;
        }
        Set<Integer> waiting = new TreeSet<>();
        heirs(day).values().forEach(waiting::addAll);
        inherited.forEach((heir, gone) -> {
            held.remove(gone);
            held.put(heir, new Held(name(day, heir)));
        });
        for (int vm = 0; vm < VMS; vm++) {
            if (vm != day.failing() && !waiting.contains(vm)) {
                run(day, vm);
            }
        }
    }

    private void run(Day day, int vm) {
        Held file = held.get(vm);
        boolean optedOut = day.optedOut().contains(vm) && !day.doubtful().contains(vm);
        if (day.isLive(vm) && !optedOut) {
            if (file == null) {
                held.put(vm, new Held(name(day, vm)));
            } else if (day.isClearlyThere(vm)) {
                file.state = LifecycleState.ACTIVE;
                file.name = name(day, vm);
            }
        } else if (!day.isLive(vm) && file != null && day.sight() == Sight.CLEAR && !isAnonymous(day, file.name)) {
            if (file.state == LifecycleState.ACTIVE) {
                file.state = LifecycleState.MISSING;
                file.daysAbsent = 0;
            } else if (file.state == LifecycleState.MISSING && file.daysAbsent > graceDays) {
                file.state = LifecycleState.DISABLED;
            }
        }
    }

    String name(Day day, int vm) {
        return names.get(day.names().get(vm));
    }

    private boolean isAnonymous(Day day, String name) {
        return day.anonymous().stream().anyMatch(index -> names.get(index).equals(name));
    }
}
