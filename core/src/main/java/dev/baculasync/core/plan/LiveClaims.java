package dev.baculasync.core.plan;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
        private @Nullable LiveVm only;
        private int cleanRecords;
        private final TreeSet<String> names = new TreeSet<>();
        private final TreeSet<String> doubts = new TreeSet<>();

        private Claim(UUID uuid) {
            this.uuid = uuid;
        }

        UUID uuid() {
            return uuid;
        }

        /** The one record about this VM; empty when there is any doubt. */
        Optional<LiveVm> certain() {
            return cleanRecords == 1 && doubts.isEmpty() ? Optional.ofNullable(only) : Optional.empty();
        }

        /** The display name, when all records that can be read agree on it. */
        Optional<String> name() {
            return names.size() == 1 ? Optional.of(names.first()) : Optional.empty();
        }

        /** Why there is doubt, as a phrase. */
        String doubt() {
            if (doubts.isEmpty()) {
                return cleanRecords + " records share this UUID";
            }
            return String.join("; ", doubts);
        }
    }

    private final Map<UUID, Claim> claims = new HashMap<>();
    private final List<DoubtfulVm> anonymous = new ArrayList<>();
    private final Map<String, String> anonymousDoubts = new HashMap<>();

    LiveClaims(Discovery discovery) {
        for (LiveVm vm : discovery.vms()) {
            Claim claim = claim(vm.uuid());
            LiveVm cut = new LiveVm(cut(vm.name()), vm.uuid(), vm.tag(), vm.optedOut(), vm.warnings());
            claim.only = cut;
            claim.cleanRecords++;
            claim.names.add(cut.name());
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
        return claims.containsKey(uuid);
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
