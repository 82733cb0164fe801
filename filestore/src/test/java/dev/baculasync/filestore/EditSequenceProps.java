package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Creations, changes and removals of three VMs, one after the other in one session, in any order. */
class EditSequenceProps {
    private static final List<String> VMS = List.of("a", "b", "c");
    private static final int KINDS = 4;

    /** What happens after the edits. */
    enum End {
        SETTLED,
        PUT_BACK,
        DEAD
    }

    private static Edit edit(int number) {
        String vm = VMS.get(number / KINDS);
        return switch (number % KINDS) {
            case 0 -> Samples.create(vm, vm, Samples.UUID_1);
            case 1 -> Samples.change(vm, each -> Samples.replace(each, Samples.UUID_2));
            case 2 -> Samples.change(vm, each -> each.enabled(false));
            default -> Samples.remove(vm);
        };
    }

    private static boolean isPossible(VmEdit edit, Set<String> there) {
        return edit.creates() != there.contains(edit.slug());
    }

    private static void carriedOut(VmEdit edit, Set<String> there) {
        if (edit.creates()) {
            there.add(edit.slug());
        } else if (edit.removes()) {
            there.remove(edit.slug());
        }
    }

    @Property(tries = 150)
    void whateverWasDoneIsThereOrUndoneAsAWhole(
            @ForAll @Size(max = 12) List<@IntRange(max = 11) Integer> numbers, @ForAll End end) throws IOException {
        Path base = Files.createTempDirectory("edits");
        try {
            Set<String> there = new TreeSet<>(Set.of("a", "b"));
            try (StoreSession session = RunModel.open(base, FileOperations.DISK)) {
                Samples.apply(session, edit(0), edit(KINDS));
                session.publish(session.listing().whole());
                session.commit();
            }
            Map<String, String> before = RunModel.vms(base);
            try (StoreSession session = RunModel.open(base, FileOperations.DISK)) {
                for (int number : numbers) {
                    VmEdit edit = edit(number).in(session);
                    EditResult result = session.apply(List.of(edit)).get(0);
                    assertThat(result.error() == null).isEqualTo(isPossible(edit, there));
                    if (result.error() == null) {
                        carriedOut(edit, there);
                    }
                    RunModel.everyListedFileIsThere(base.resolve("director.conf"));
                }
                session.publish(session.listing().whole());
                isThere(session, base, there);
                if (end == End.PUT_BACK) {
                    session.rollback(Samples.everything(session));
                    session.publish(session.listing().whole());
                }
                if (end != End.DEAD) {
                    session.commit();
                }
            }
            try (StoreSession session = RunModel.open(base, FileOperations.DISK)) {
                RunModel.everyListedFileIsThere(base.resolve("director.conf"));
                session.publish(session.listing().whole());
                isThere(session, base, end == End.SETTLED ? there : Set.of("a", "b"));
            }
            if (end != End.SETTLED) {
                assertThat(RunModel.vms(base)).isEqualTo(before);
            }
        } finally {
            try (Stream<Path> paths = Files.walk(base)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void isThere(StoreSession session, Path base, Set<String> vms) {
        assertThat(session.read(Samples.INSTANCE).vms())
                .extracting(ManagedVm::slug)
                .containsExactlyInAnyOrderElementsOf(vms);
        Path conf = base.resolve("director.conf");
        RunModel.everyListedFileIsThere(conf);
        for (String vm : VMS) {
            assertThat(Samples.text(conf).contains("/" + vm + "/job\"")).isEqualTo(vms.contains(vm));
        }
    }
}
