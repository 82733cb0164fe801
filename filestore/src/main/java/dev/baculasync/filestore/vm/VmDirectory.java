package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.FileBatch;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.IoReason;
import dev.baculasync.filestore.disk.Owners;
import dev.baculasync.filestore.syntax.DefinedResources;
import dev.baculasync.filestore.syntax.MessageText;
import dev.baculasync.filestore.syntax.QuotedText;
import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.ListableVm.Files;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The directory of one VM. */
public final class VmDirectory {
    private final FileOperations operations;
    private final Timestamps timestamps;
    private final Path directory;
    private final String datacenter;
    private final String openstack;
    private final String slug;

    /** The job file as it was last loaded. */
    private @Nullable JobFile file;

    public VmDirectory(
            FileOperations operations, Timestamps timestamps, Path directory, String datacenter, String openstack) {
        this.operations = operations;
        this.timestamps = timestamps;
        this.directory = directory;
        this.datacenter = datacenter;
        this.openstack = openstack;
        this.slug = String.valueOf(directory.getFileName());
    }

    /** Finds out what is there. Whatever goes wrong with this directory is a problem of this directory. */
    public VmEntry load() {
        VmEntry entry = find();
        return entry instanceof VmEntry.Flawed flawed ? new VmEntry.Flawed(flawed.problem(), contents()) : entry;
    }

    /** What a Director would find here; what cannot be read by us may be read by it. */
    private VmEntry.Contents contents() {
        try {
            byte[] job = readable(VmFiles.JOB);
            byte[] fileSet = readable(VmFiles.FILE_SET);
            // No list can name another one.
            if (job != null && fileSet != null && QuotedText.isPrintable(slug)) {
                return contents(job, fileSet);
            }
        } catch (IOException e) {
            // Told by the problem itself.
        }
        boolean there = QuotedText.isPrintable(slug)
                && operations.leadsToFile(directory.resolve(VmFiles.JOB))
                && operations.leadsToFile(directory.resolve(VmFiles.FILE_SET));
        return new VmEntry.Contents(Set.of(), Set.of(), there ? Files.WHOLE : Files.INCOMPLETE);
    }

    private byte @Nullable [] readable(String name) throws IOException {
        BasicFileAttributes attributes = operations.attributes(directory.resolve(name));
        return attributes == null || !attributes.isRegularFile() || attributes.size() > VmFiles.MAX_BYTES
                ? null
                : operations.read(directory.resolve(name), VmFiles.MAX_BYTES);
    }

    private VmEntry.Contents contents(byte[] job, byte @Nullable [] fileSet) {
        DefinedResources jobText = DefinedResources.in(job);
        Set<BaculaResource> resources = new HashSet<>(jobText.resources());
        if (job.length == 0 || fileSet == null || fileSet.length == 0) {
            return new VmEntry.Contents(resources, Set.of(), Files.INCOMPLETE);
        }
        DefinedResources fileSetText = DefinedResources.in(fileSet);
        resources.addAll(fileSetText.resources());
        boolean loads = jobText.isReadable() && fileSetText.isReadable();
        for (String name : jobText.fileSetsOfJobs()) {
            // Any other may be defined where an operator keeps what several jobs share.
            boolean isOurs = name.startsWith(OpenStackInstance.fileSetPrefix(datacenter, openstack));
            loads &= !isOurs || resources.contains(new BaculaResource(BaculaResource.FILE_SET, name));
        }
        return new VmEntry.Contents(
                resources, FileSetFile.facts(fileSet).instances(), loads ? Files.WHOLE : Files.BROKEN);
    }

    private VmEntry find() {
        try {
            BasicFileAttributes own = operations.attributes(directory);
            if (own == null) {
                return new VmEntry.Vacant();
            }
            if (own.isSymbolicLink()) {
                return foreign("is a symbolic link; links are never followed");
            }
            if (!own.isDirectory()) {
                return foreign("is not a directory");
            }
            BasicFileAttributes job = operations.attributes(directory.resolve(VmFiles.JOB));
            if (job == null) {
                return loadWithoutJob();
            }
            if (!job.isRegularFile()) {
                return unreadable(null, "/job " + kind(job));
            }
            if (job.size() > VmFiles.MAX_BYTES) {
                return unreadable(null, "/job is longer than " + VmFiles.MAX_BYTES + " bytes");
            }
            file = JobFile.parse(operations.read(directory.resolve(VmFiles.JOB), VmFiles.MAX_BYTES));
            return loadJob(file);
        } catch (IOException e) {
            return unreadable(null, " cannot be read: " + IoReason.of(e));
        }
    }

    private static String kind(BasicFileAttributes attributes) {
        return attributes.isSymbolicLink()
                ? "is a symbolic link; links are never followed"
                : attributes.isDirectory() ? "is a directory" : "is not a regular file";
    }

    private VmEntry loadWithoutJob() throws IOException {
        for (Path entry : operations.list(directory)) {
            String name = String.valueOf(entry.getFileName());
            if (!(name.equals(VmFiles.FILE_SET) ? isOwnFileSet(entry) : VmFiles.TEMPORARY.contains(name))) {
                return foreign("holds no job file, but " + MessageText.of(name));
            }
        }
        return new VmEntry.Vacant();
    }

    private boolean isOwnFileSet(Path file) throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        return attributes != null
                && attributes.isRegularFile()
                && attributes.size() <= VmFiles.MAX_BYTES
                && (attributes.size() == 0
                        || FileSetFile.isWritten(
                                operations.read(file, VmFiles.MAX_BYTES),
                                OpenStackInstance.fileSetPrefix(datacenter, openstack) + slug));
    }

    private VmEntry loadJob(JobFile job) throws IOException {
        if (job.bytes().length == 0) {
            return unreadable(null, "/job is empty");
        }
        if (!job.hasHeaders()) {
            return foreign(
                    "/job has no #@ headers, so director.conf does not list it: a Director that includes director.conf loads"
                            + " it only by a line of its own, @\""
                            + MessageText.of(directory.resolve(VmFiles.JOB).toString())
                            + "\", and one for its fileset");
        }
        JobHeaders headers = job.headers();
        UUID uuid = headers.uuid();
        if (job.flaw() != null || uuid == null) {
            return unreadable(uuid, "/job " + job.flaw());
        }
        if (!headers.required(Header.DATACENTER).equals(datacenter)
                || !headers.required(Header.OPENSTACK).equals(openstack)) {
            return unreadable(
                    uuid,
                    "/job says in its headers that it belongs elsewhere (#@datacenter:, #@openstack:); if the directory was"
                            + " renamed on purpose, write its new name into them");
        }
        if (!QuotedText.isPrintable(slug)) {
            return unreadable(uuid, " has a name that holds other characters than printable ASCII");
        }
        BasicFileAttributes fileSet = operations.attributes(directory.resolve(VmFiles.FILE_SET));
        if (fileSet != null && !fileSet.isRegularFile()) {
            return unreadable(uuid, "/fileset " + kind(fileSet));
        }
        byte[] fileSetBytes;
        try {
            fileSetBytes = read(VmFiles.FILE_SET);
        } catch (IOException e) {
            return unreadable(uuid, "/fileset cannot be read: " + IoReason.of(e));
        }
        String created = headers.created();
        FileSetFacts fileSetFacts =
                fileSetBytes == null || fileSetBytes.length == 0 ? null : FileSetFile.facts(fileSetBytes);
        ManagedVm vm = new ManagedVm(
                key(),
                headers.required(Header.CLIENT),
                headers.required(Header.VM),
                uuid,
                headers.status(),
                stamp(headers, Header.MISSING_SINCE),
                headers.value(Header.ABSENCE) != null,
                stamp(headers, Header.DISABLED),
                stamp(headers, Header.REENABLED),
                headers.previousUuids(),
                headers.value(Header.ENABLED_BY) != null,
                created == null ? null : timestamps.read(created),
                job.directives(),
                fileSetFacts);
        VmEntry.Contents contents = contents(job.bytes(), fileSetBytes);
        return new VmEntry.Managed(vm, contents);
    }

    private @Nullable Stamp stamp(JobHeaders headers, Header header) {
        String text = headers.value(header);
        return text == null ? null : timestamps.read(text);
    }

    private VmEntry foreign(String reason) {
        return problem(StoreProblem.Kind.FOREIGN, null, reason);
    }

    private VmEntry unreadable(@Nullable UUID uuid, String reason) {
        return problem(StoreProblem.Kind.UNREADABLE, uuid, reason);
    }

    private VmEntry problem(StoreProblem.Kind kind, @Nullable UUID uuid, String reason) {
        String space = reason.startsWith("/") || reason.startsWith(" ") ? "" : " ";
        return new VmEntry.Flawed(
                new StoreProblem(kind, slug, uuid, place() + space + reason),
                new VmEntry.Contents(Set.of(), Set.of(), Files.INCOMPLETE));
    }

    private VmKey key() {
        return new VmKey(datacenter, openstack, slug);
    }

    private String place() {
        return MessageText.of(key());
    }

    /**
     * What an edit is to write or to remove, in the order in which that must happen; nothing when no byte would be another
     * one.
     *
     * @throws EditRefused when what is there is not what the edit was decided on, or it cannot be made
     */
    public List<FileWrite> plan(VmEdit edit) throws IOException {
        VmEntry entry = load();
        if (entry instanceof VmEntry.Flawed flawed) {
            throw new EditRefused(flawed.problem().reason());
        }
        ManagedVm there = entry instanceof VmEntry.Managed managed ? managed.vm() : null;
        if (!Objects.equals(there, edit.before())) {
            throw new EditRefused(place()
                    + (there == null
                            ? " holds no job file"
                            : edit.before() == null
                                    ? " exists already"
                                    : " is not what it was when this was decided: somebody has changed it since"));
        }
        ManagedVm after = edit.after();
        if (after == null) {
            return planRemoval();
        }
        return readable(there == null ? planCreation(after) : planChange(there, after));
    }

    private List<FileWrite> planCreation(ManagedVm vm) throws IOException {
        return List.of(
                new FileWrite(
                        VmFiles.FILE_SET,
                        read(VmFiles.FILE_SET),
                        FileSetFile.write(Objects.requireNonNull(vm.fileSet()))),
                new FileWrite(VmFiles.JOB, null, JobFile.write(vm, timestamps)));
    }

    private List<FileWrite> planChange(ManagedVm before, ManagedVm after) throws IOException {
        JobFile job = Objects.requireNonNull(file);
        byte[] jobAfter = JobFileEditor.edit(job, before, after, timestamps);
        byte[] fileSetBefore = read(VmFiles.FILE_SET);
        byte[] fileSetAfter = changedFileSet(before, after, fileSetBefore);
        List<FileWrite> writes = new ArrayList<>();
        if (!Arrays.equals(fileSetAfter, fileSetBefore)) {
            writes.add(new FileWrite(VmFiles.FILE_SET, fileSetBefore, Objects.requireNonNull(fileSetAfter)));
        }
        if (!Arrays.equals(job.bytes(), jobAfter)) {
            writes.add(new FileWrite(VmFiles.JOB, job.bytes(), jobAfter));
        }
        return writes;
    }

    /** Nothing is written that would not be read again. */
    private List<FileWrite> readable(List<FileWrite> writes) {
        for (FileWrite write : writes) {
            byte[] content = write.content();
            if (content != null && content.length > VmFiles.MAX_BYTES) {
                throw new EditRefused(
                        place() + "/" + write.name() + " would be longer than " + VmFiles.MAX_BYTES + " bytes");
            }
        }
        return writes;
    }

    private List<FileWrite> planRemoval() throws IOException {
        Ownership own = ownership(directory);
        List<FileWrite> removals = new ArrayList<>();
        removals.add(removal(VmFiles.JOB, Objects.requireNonNull(file).bytes(), own));
        byte[] fileSet = read(VmFiles.FILE_SET);
        if (fileSet != null) {
            removals.add(removal(VmFiles.FILE_SET, fileSet, own));
        }
        return removals;
    }

    private FileWrite removal(String name, byte[] content, Ownership own) throws IOException {
        return FileWrite.removal(name, content, new Owners(ownership(directory.resolve(name)), own));
    }

    private Ownership ownership(Path path) throws IOException {
        Ownership ownership = operations.ownership(path);
        if (ownership == null) {
            throw new EditRefused(place() + " was changed by somebody at this very moment");
        }
        return ownership;
    }

    /**
     * Takes away what was planned, all or nothing.
     *
     * @return the names of what else is in the directory, which then stays
     * @throws EditRefused when a file is not any more what it was when this was planned
     */
    public List<String> remove(List<FileWrite> removals, Ownership parent) throws IOException {
        requireAsPlanned(removals);
        return new VmRemoval(operations, directory, parent).carryOut(removals);
    }

    private void requireAsPlanned(List<FileWrite> writes) throws IOException {
        for (FileWrite write : writes) {
            if (!write.isPlannedOn(read(write.name()))) {
                throw new EditRefused(place() + "/" + write.name() + " was changed by somebody at this very moment");
            }
        }
    }

    /**
     * Writes what was planned, all or nothing.
     *
     * @throws EditRefused when a file is not any more what it was when this was planned
     */
    public void write(List<FileWrite> writes, Ownership parent) throws IOException {
        requireAsPlanned(writes);
        FileBatch batch = new FileBatch(operations, directory, parent);
        for (FileWrite write : writes) {
            batch.stage(
                    write.name(),
                    Objects.requireNonNull(write.content()),
                    write.before().content());
        }
        batch.commit();
    }

    /** The names of the VM's Job and FileSet resources, as far as they can be told. */
    public Set<String> resourceNames() throws IOException {
        return load() instanceof VmEntry.Managed
                ? resourceNames(Objects.requireNonNull(file).bytes(), read(VmFiles.FILE_SET))
                : Set.of();
    }

    /** The names of the resources in these files, as far as they can be told. */
    public static Set<String> resourceNames(byte @Nullable [] jobFile, byte @Nullable [] fileSetFile) {
        Set<String> names = new HashSet<>();
        JobFile job = jobFile == null ? null : JobFile.parse(jobFile);
        if (job != null && job.hasHeaders() && job.flaw() == null) {
            names.add(job.directives().name());
        }
        String fileSet = fileSetFile == null ? null : FileSetFile.name(fileSetFile);
        if (fileSet != null) {
            names.add(fileSet);
        }
        return names;
    }

    /** Whether a Director that reads one of these in the other's place reads something else: not if only our headers differ. */
    public static boolean differForDirector(String name, byte @Nullable [] before, byte @Nullable [] after) {
        if (before == null || after == null || !name.equals(VmFiles.JOB)) {
            return !Arrays.equals(before, after);
        }
        return !Arrays.equals(
                JobHeaders.find(before).others(), JobHeaders.find(after).others());
    }

    private byte @Nullable [] changedFileSet(ManagedVm before, ManagedVm after, byte @Nullable [] bytes) {
        FileSetFacts facts = before.fileSet();
        FileSetFacts wanted = after.fileSet();
        if (wanted == null || wanted.equals(facts)) {
            return bytes;
        }
        if (facts == null || bytes == null) {
            requireThatJobNames(String.valueOf(wanted.name()));
            return FileSetFile.write(wanted);
        }
        byte[] changed = bytes;
        if (!before.uuid().equals(after.uuid())) {
            changed = FileSetFile.replaceInstance(bytes, before.uuid(), after.uuid());
        }
        String proxy = facts.proxyServer();
        if (changed != null && proxy != null && wanted.proxyServer() != null && !proxy.equals(wanted.proxyServer())) {
            changed = FileSetFile.replaceProxy(changed, proxy, wanted.proxyServer());
        }
        if (changed == null || !wanted.equals(FileSetFile.facts(changed))) {
            throw new EditRefused(
                    place() + "/fileset cannot be made to say what it should: another VM (instance=) takes the"
                            + " place of its own, or another proxy (proxy_server=) that of the one it names, and nothing else");
        }
        return changed;
    }

    /** A FileSet that no job names helps nobody. */
    private void requireThatJobNames(String fileSet) {
        String ours = OpenStackInstance.fileSetPrefix(datacenter, openstack);
        for (String named :
                DefinedResources.in(Objects.requireNonNull(file).bytes()).fileSetsOfJobs()) {
            if (named.startsWith(ours) && !named.equals(fileSet)) {
                throw new EditRefused(
                        place() + "/fileset is missing, and " + fileSet + " would not help, as the job names " + named
                                + "; write that one, or rename the directory to what follows " + ours + " in it");
            }
        }
    }

    /** A file's content, or null when there is none. */
    private byte @Nullable [] read(String name) throws IOException {
        Path path = directory.resolve(name);
        return operations.attributes(path) == null ? null : operations.read(path, VmFiles.MAX_BYTES);
    }
}
