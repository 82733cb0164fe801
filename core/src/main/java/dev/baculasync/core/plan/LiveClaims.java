package dev.baculasync.core.plan;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What a list of live VMs claims about each UUID. A UUID that one clean record names, and nothing else mentions, is
 * certain; any other that is mentioned counts as present but is contested, so that no tenant can speak for another's VM.
 * Display names are cut to a length that fits into any file, wherever they are compared or written.
 */
final class LiveClaims {
    /** In UTF-16 units; four times what OpenStack allows. */
    static final int LONGEST_NAME = 1024;

    /** Everything the list says about one UUID. */
    static final class Claim {
        private final UUID uuid;
        private final Set<LiveVm> records = new LinkedHashSet<>();
        private final TreeSet<String> names = new TreeSet<>();
        private final TreeSet<String> doubts = new TreeSet<>();

        private Claim(UUID uuid) {
            this.uuid = uuid;
        }

        UUID uuid() {
            return uuid;
        }

        /** The one record about this VM; empty when there is any doubt. The same record twice is one. */
        Optional<LiveVm> certain() {
            if (!doubts.isEmpty()
                    || records.stream().map(LiveVm::asPartial).distinct().count() != 1) {
                return Optional.empty();
            }
            List<LiveVm> whole = records.stream().filter(vm -> !vm.partial()).toList();
            List<LiveVm> speaking = whole.isEmpty() ? List.copyOf(records) : whole;
            return speaking.size() == 1 ? Optional.of(speaking.get(0)) : Optional.empty();
        }

        /** The display name, when all records that can be read agree on it. */
        Optional<String> name() {
            return names.size() == 1 ? Optional.of(names.first()) : Optional.empty();
        }

        /** Why there is doubt, as a phrase. */
        String doubt() {
            if (doubts.isEmpty()) {
                return records.size() + " records share this UUID";
            }
            return String.join("; ", doubts);
        }
    }

    private final Map<UUID, Claim> claims = new HashMap<>();
    private final Set<UUID> mentioned;
    private final List<DoubtfulVm> anonymous = new ArrayList<>();
    private final Map<String, String> anonymousDoubts = new HashMap<>();

    LiveClaims(Discovery discovery) {
        mentioned = discovery.mentioned();
        for (LiveVm vm : discovery.vms()) {
            Claim claim = claim(vm.uuid());
            LiveVm cut = vm.withName(vm.isNamed() ? cut(vm.name()) : vm.name());
            claim.records.add(cut);
            claim.names.add(displayName(cut));
        }
        for (DoubtfulVm whole : discovery.doubtful()) {
            String name = whole.name() == null ? null : cut(whole.name());
            DoubtfulVm vm = new DoubtfulVm(whole.reason(), name, whole.uuids());
            if (vm.uuids().isEmpty()) {
                anonymous.add(vm);
                if (name != null) {
                    anonymousDoubts.merge(name, vm.reason(), (one, other) -> one.compareTo(other) <= 0 ? one : other);
                }
            }
            for (UUID uuid : vm.uuids()) {
                Claim claim = claim(uuid);
                claim.doubts.add(vm.reason());
                if (vm.uuids().size() == 1 && name != null) {
                    claim.names.add(name);
                }
            }
        }
    }

    /** Whether anything in the list mentions this UUID. */
    boolean mentions(UUID uuid) {
        return claims.containsKey(uuid) || mentioned.contains(uuid);
    }

    Optional<Claim> about(UUID uuid) {
        return Optional.ofNullable(claims.get(uuid));
    }

    Iterable<Claim> all() {
        return claims.values();
    }

    /** Records that mention no UUID at all. */
    List<DoubtfulVm> anonymous() {
        return anonymous;
    }

    /** Why a VM of this name may be one whose record mentions no UUID; empty when there is no such record. */
    Optional<String> anonymousDoubt(String name) {
        return Optional.ofNullable(anonymousDoubts.get(name));
    }

    /** What a VM is called by us: by its own name, or, while the source has none, by its UUID. */
    static String displayName(LiveVm vm) {
        return vm.isNamed() ? vm.name() : "vm-" + vm.uuid().toString().substring(0, 8);
    }

    private static String cut(String name) {
        if (name.length() <= LONGEST_NAME) {
            return name;
        }
        return name.substring(
                0, Character.isHighSurrogate(name.charAt(LONGEST_NAME - 1)) ? LONGEST_NAME - 1 : LONGEST_NAME);
    }

    private Claim claim(UUID uuid) {
        return claims.computeIfAbsent(uuid, Claim::new);
    }
}
