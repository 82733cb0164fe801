package dev.baculasync.filestore;

import dev.baculasync.filestore.disk.StoreLock;
import dev.baculasync.filestore.ledger.LedgerFiles;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.filestore.vm.Timestamps;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreListing;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import dev.baculasync.testkit.Fleets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Values that many tests need. */
public final class Samples {
    static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    public static final Timestamps TIMESTAMPS = new Timestamps(ZONE);
    public static final UUID UUID_1 = UUID.fromString("014c5892-5efb-4efb-bd60-4e038800475d");
    public static final UUID UUID_2 = UUID.fromString("22222222-5efb-4efb-bd60-4e0388004722");
    public static final Instant CREATED = Instant.parse("2026-05-18T17:00:00Z");
    public static final String VM = "rocky9-instance1";
    public static final OpenStackInstance INSTANCE = new OpenStackInstance(
            "datacenter1", "openstack1", "bacula-dc1-os1-fd", "dc1-os1-proxy", "backup-dc1-os1-", null);

    public static final String JOB_TEXT = """
            #@vm: rocky9-instance1
            #@uuid:          014c5892-5efb-4efb-bd60-4e038800475d
            #@datacenter:    datacenter1
            #@openstack:     openstack1
            #@client:        bacula-dc1-os1-fd
            #@status:        active
            # Managed by bacula-openstack-sync | created: 2026-05-18 19:00:00

            Job {
              Name       = "backup-dc1-os1-rocky9-instance1"
              JobDefs    = "DefaultJob"
              Client     = "bacula-dc1-os1-fd"
              FileSet    = "fs-datacenter1-openstack1-rocky9-instance1"
              Storage    = "File1"
              Pool       = "Default"
              Schedule   = "WeeklyCycle"
              Messages   = "Standard"
              Enabled    = yes
            }
            """;

    public static final String FILE_SET_TEXT = """
            FileSet {
              Name = "fs-datacenter1-openstack1-rocky9-instance1"
              Include {
                Options {
                  signature = SHA256
                  dedup     = sha256
                }
                Plugin = "openstack: proxy_server=dc1-os1-proxy instance=014c5892-5efb-4efb-bd60-4e038800475d"
              }
            }
            """;

    private Samples() {}

    static FileStore store(Path base) {
        return builder(base).build();
    }

    public static FileStore.Builder builder(Path base) {
        return FileStore.in(base).zone(ZONE).workers(3);
    }

    /** An edit that is decided on what a session finds. */
    interface Edit {
        VmEdit in(StoreSession session);
    }

    /** The VM whose files are {@link #JOB_TEXT} and {@link #FILE_SET_TEXT}. */
    public static ManagedVm vm() {
        return vm(VM, VM, UUID_1);
    }

    public static ManagedVm vm(String slug, String displayName, UUID uuid) {
        return Fleets.vm(INSTANCE, slug, uuid)
                .displayName(displayName)
                .createdAt(Stamp.of(CREATED))
                .build();
    }

    public static FileSetFacts fileSet(String slug, UUID uuid) {
        return new FileSetFacts(INSTANCE.fileSetPrefix() + slug, INSTANCE.proxyServer(), "sha256", Set.of(uuid));
    }

    static Edit create() {
        return create(VM, VM, UUID_1);
    }

    static Edit create(String slug, String displayName, UUID uuid) {
        return session -> VmEdit.create(vm(slug, displayName, uuid));
    }

    /** Changes what is there; what is not there is taken for a VM as {@link #create} makes it. */
    public static Edit change(String slug, UnaryOperator<ManagedVm.Builder> change) {
        return session -> {
            ManagedVm before = there(session, slug);
            return VmEdit.change(before, change.apply(before.toBuilder()).build());
        };
    }

    public static Edit remove(String slug) {
        return session -> VmEdit.remove(there(session, slug));
    }

    private static ManagedVm there(StoreSession session, String slug) {
        try {
            return session.read(INSTANCE).vms().stream()
                    .filter(vm -> vm.slug().equals(slug))
                    .findAny()
                    .orElseGet(() -> vm(slug, slug, UUID_1));
        } catch (ProviderException e) {
            return vm(slug, slug, UUID_1);
        }
    }

    /** Lets another VM take the place of the one that is backed up, as a run does. */
    public static ManagedVm.Builder replace(ManagedVm.Builder vm, UUID by) {
        ManagedVm before = vm.build();
        List<UUID> previous = new ArrayList<>(before.previousUuids());
        if (!by.equals(before.uuid())) {
            previous.remove(before.uuid());
            previous.add(before.uuid());
        }
        return vm.uuid(by).previousUuids(previous).backsUp(Set.of(by));
    }

    public static List<EditResult> apply(StoreSession session, Edit... edits) {
        return apply(session, List.of(edits));
    }

    /** Decides all of them first. */
    public static List<EditResult> apply(StoreSession session, List<Edit> edits) {
        return session.apply(edits.stream().map(edit -> edit.in(session)).toList());
    }

    public static Path vmDirectory(Path base) {
        return base.resolve("datacenter1/openstack1").resolve(VM);
    }

    public static Path put(Path file, String text) {
        return put(file, text.getBytes(StandardCharsets.UTF_8));
    }

    public static Path put(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void putVm(Path base) {
        put(vmDirectory(base).resolve("fileset"), FILE_SET_TEXT);
        put(vmDirectory(base).resolve("job"), JOB_TEXT);
    }

    public static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything below a directory: path, mode and content, the lock file and the mark of a pending reload aside. */
    public static Map<String, String> tree(Path base) {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(base)) {
            for (Path path : paths.toList()) {
                if (path.endsWith(StoreLock.FILE_NAME)
                        || path.endsWith(PendingMark.FILE_NAME)
                        || path.endsWith(LedgerFiles.PREFIX + Ledger.ROLLED_BACK)) {
                    continue;
                }
                String mode = Files.isSymbolicLink(path)
                        ? "link to " + Files.readSymbolicLink(path)
                        : PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
                String content = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? text(path) : "";
                tree.put(base.relativize(path).toString(), mode + " " + content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    /** What a run would publish where nothing is there twice: what is managed, and what was listed and still is there. */
    static Set<VmKey> publishable(StoreSession session) {
        StoreListing listing = session.listing();
        return listing.found().stream()
                .filter(vm -> vm.files() == ListableVm.Files.WHOLE)
                .filter(vm -> vm.owner() == ListableVm.Owner.MANAGED
                        || listing.listed().contains(vm.vm()))
                .map(ListableVm::vm)
                .collect(Collectors.toSet());
    }

    /** Whatever a session may have changed: what there is, and what was listed. */
    static Set<VmKey> everything(StoreSession session) {
        StoreListing listing = session.listing();
        return Stream.concat(listing.found().stream().map(ListableVm::vm), listing.listed().stream())
                .collect(Collectors.toSet());
    }

    public static Set<VmKey> rolledBack(StoreSession session) {
        return session.ledger().entries(Ledger.ROLLED_BACK).stream()
                .map(entry -> VmKey.parse(entry.subject()).orElseThrow())
                .collect(Collectors.toSet());
    }
}
