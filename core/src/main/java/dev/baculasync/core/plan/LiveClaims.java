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
 */
final class LiveClaims {
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
            claim.only = vm;
            claim.cleanRecords++;
            claim.names.add(vm.name());
        }
        for (DoubtfulVm vm : discovery.doubtful()) {
            if (vm.uuids().isEmpty()) {
                anonymous.add(vm);
                if (vm.name() != null) {
                    anonymousDoubts.merge(
                            vm.name(), vm.reason(), (one, other) -> one.compareTo(other) <= 0 ? one : other);
                }
            }
            for (UUID uuid : vm.uuids()) {
                Claim claim = claim(uuid);
                claim.doubts.add(vm.reason());
                if (vm.uuids().size() == 1 && vm.name() != null) {
                    claim.names.add(vm.name());
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

    private Claim claim(UUID uuid) {
        return claims.computeIfAbsent(uuid, Claim::new);
    }
}
