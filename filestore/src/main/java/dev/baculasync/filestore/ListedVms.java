package dev.baculasync.filestore;

import dev.baculasync.filestore.DirectorConf.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which VMs of the tree there are to list in {@code director.conf}. Keeps what a session has seen and made so far, so that
 * publishing need not read everything again.
 */
final class ListedVms {
    private static final Logger LOG = LoggerFactory.getLogger(ListedVms.class);

    /** What there is to list of a VM. */
    private enum Listing {
        WHOLE,
        WITHOUT_FILE_SET,
        NOTHING
    }

    private final InstanceTree tree;
    private final VmReader reader;
    private final Map<Path, Map<String, Listing>> seen = new ConcurrentHashMap<>();

    ListedVms(InstanceTree tree, VmReader reader) {
        this.tree = tree;
        this.reader = reader;
    }

    /** Keeps what all entries of an instance's directory have turned out to be. */
    void saw(Path directory, List<Path> paths, List<VmEntry> entries) {
        Map<String, Listing> listings = new ConcurrentHashMap<>();
        for (int i = 0; i < paths.size(); i++) {
            listings.put(VmReader.name(paths.get(i)), listing(entries.get(i)));
        }
        seen.put(directory, listings);
    }

    /** A VM now has both of its files. */
    void madeWhole(Path directory, String vmPart) {
        seen.computeIfAbsent(directory, key -> new ConcurrentHashMap<>()).put(vmPart, Listing.WHOLE);
    }

    /** What is there of a VM is not known any more. */
    void forget(Path directory, String vmPart) {
        seen.getOrDefault(directory, new ConcurrentHashMap<>()).remove(vmPart);
    }

    private static Listing listing(VmEntry entry) {
        if (!(entry instanceof VmEntry.Managed managed)) {
            return Listing.NOTHING;
        }
        return managed.vm().fileSetPresent() ? Listing.WHOLE : Listing.WITHOUT_FILE_SET;
    }

    /** The VMs that have both of their files, sorted, because the directories on the way to them are. */
    List<Place> places() throws IOException {
        List<Place> places = new ArrayList<>();
        for (Path directory : tree.contents().instances()) {
            Map<String, Listing> known = seen.getOrDefault(directory, Map.of());
            List<Path> entries = tree.vmEntries(directory);
            List<Path> unknown = entries.stream()
                    .filter(entry -> !known.containsKey(VmReader.name(entry)))
                    .toList();
            Map<String, Listing> fresh = new HashMap<>();
            List<VmEntry> loaded = reader.load(unknown);
            for (int i = 0; i < unknown.size(); i++) {
                fresh.put(VmReader.name(unknown.get(i)), listing(loaded.get(i)));
            }
            String datacenter = directory.getName(directory.getNameCount() - 2).toString();
            for (Path entry : entries) {
                String vmPart = VmReader.name(entry);
                Listing listing = fresh.containsKey(vmPart) ? fresh.get(vmPart) : known.get(vmPart);
                if (listing == Listing.WHOLE) {
                    places.add(new Place(datacenter, VmReader.name(directory), vmPart));
                } else if (listing == Listing.WITHOUT_FILE_SET) {
                    LOG.warn(
                            "{} is left out of {}: with a job that lacks its fileset, the Director would refuse all",
                            entry.resolve(VmDirectory.JOB),
                            DirectorConf.FILE_NAME);
                }
            }
        }
        return places;
    }
}
