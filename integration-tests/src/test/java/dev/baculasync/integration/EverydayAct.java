package dev.baculasync.integration;

import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What people do to a tree, to clients.conf and to their clouds between two runs, without meaning any harm. */
enum EverydayAct {
    COPY_VM_BESIDE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return copy(world, world.anyDirectory(3), vm -> beside(world, vm));
        }
    },
    COPY_VM_TO_ANOTHER_INSTANCE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            List<Path> instances = world.directories(2);
            return copy(
                    world,
                    world.anyDirectory(3),
                    vm -> world.any(instances).resolve(vm.getFileName().toString()));
        }
    },
    COPY_INSTANCE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return copy(world, world.anyDirectory(2), path -> beside(world, path));
        }
    },
    COPY_DATACENTER {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return copy(world, world.anyDirectory(1), path -> beside(world, path));
        }
    },
    KEEP_A_SECOND_TREE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return copy(
                    world,
                    world.anyDirectory(1),
                    path -> world.base()
                            .resolve("tree-of-" + world.next())
                            .resolve(path.getFileName().toString()));
        }
    },
    MOVE_VM {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return move(world, world.anyDirectory(3), path -> beside(world, path));
        }
    },
    SWAP_VMS {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            Optional<Path> one = world.anyDirectory(3);
            Optional<Path> other = world.anyDirectory(3);
            if (one.isEmpty() || one.equals(other)) {
                return false;
            }
            Path between = one.get().resolveSibling("between");
            return move(world, one, path -> between)
                    && move(world, other, path -> one.get())
                    && move(world, Optional.of(between), path -> other.orElseThrow());
        }
    },
    MOVE_VM_TO_ANOTHER_INSTANCE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            List<Path> instances = world.directories(2);
            return move(
                    world,
                    world.anyDirectory(3),
                    vm -> world.any(instances).resolve(vm.getFileName().toString()));
        }
    },
    MOVE_INSTANCE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return move(world, world.anyDirectory(2), path -> beside(world, path));
        }
    },
    MOVE_DATACENTER {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return move(world, world.anyDirectory(1), path -> beside(world, path));
        }
    },
    RENAME_DATACENTER_WITH_ITS_LINES {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            OpenStackInstance line = world.any(world.lines());
            Path from = world.base().resolve(line.datacenter());
            String name = "vienna" + world.next();
            if (!Files.isDirectory(from)) {
                return false;
            }
            world.lines().stream()
                    .filter(other -> other.datacenter().equals(line.datacenter()))
                    .forEach(other ->
                            change(world, other, name, other.openstack(), other.proxyServer(), other.jobPrefix()));
            return move(world, Optional.of(from), path -> path.resolveSibling(name));
        }
    },
    RENAME_INSTANCE_WITH_ITS_LINE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            OpenStackInstance line = world.any(world.lines());
            Path from = world.base().resolve(line.datacenter()).resolve(line.openstack());
            String name = "cloud" + world.next();
            if (!Files.isDirectory(from)) {
                return false;
            }
            change(world, line, line.datacenter(), name, line.proxyServer(), line.jobPrefix());
            return move(world, Optional.of(from), path -> path.resolveSibling(name));
        }
    },
    RENAME_DATACENTER_IN_ITS_LINE_ALONE {
        @Override
        boolean carryOut(CampaignWorld world) {
            OpenStackInstance line = world.any(world.lines());
            return change(world, line, "linz" + world.next(), line.openstack(), line.proxyServer(), line.jobPrefix());
        }
    },
    DELETE_VM {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return delete(world, world.anyDirectory(3));
        }
    },
    DELETE_A_FILE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            String name = world.any(FILES);
            Optional<Path> vm = world.pick(world.withFile(name));
            if (vm.isPresent()) {
                world.tell("rm " + place(world, vm.get()) + "/" + name);
                Files.delete(vm.get().resolve(name));
            }
            return vm.isPresent();
        }
    },
    DELETE_INSTANCE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return delete(world, world.anyDirectory(2));
        }
    },
    DELETE_LIST {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            world.tell("rm director.conf");
            return Files.deleteIfExists(world.base().resolve("director.conf"));
        }
    },
    UNMOUNT {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            int depth = world.random().nextInt(3);
            Optional<Path> directory = depth == 0 ? Optional.of(world.base()) : world.anyDirectory(depth);
            if (directory.isPresent()) {
                world.tell("umount " + place(world, directory.get()));
                world.unmount(directory.get());
            }
            return directory.isPresent();
        }
    },
    MOUNT {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            Optional<Path> directory =
                    world.pick(world.unmounted().keySet().stream().sorted().toList());
            if (directory.isPresent()) {
                world.tell("mount " + place(world, directory.get()));
            }
            return directory.isPresent() && world.mount(directory.get());
        }
    },
    RESTORE_VM {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return restore(world, 3);
        }
    },
    RESTORE_INSTANCE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return restore(world, 2);
        }
    },
    ADD_DIRECTIVE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(world, "job", text -> beforeEnd(text, "  Priority = 1" + world.next() % 10 + "\n"));
        }
    },
    ADD_COMMENT {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(world, world.any(FILES), text -> text + "# operator: see ticket " + world.next() + "\n");
        }
    },
    ADD_FILE_SET {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(world, world.any(FILES), text -> text + """
                    FileSet {
                      Name = "operators-%d"
                      Include { File = "/etc" }
                    }
                    """.formatted(world.next()));
        }
    },
    MAKE_A_TYPING_MISTAKE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            world.typo();
            return edit(world, "job", text -> beforeEnd(text, "  Prioritee = " + world.next() + "\n"));
        }
    },
    DISABLE_BY_HAND {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(world, "job", text -> text.replace("Enabled    = yes", "Enabled    = no"));
        }
    },
    REMOVE_HEADERS {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(world, "job", text -> text.replaceAll("(?m)^#@.*\n", ""));
        }
    },
    REMOVE_A_HEADER {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(world, "job", text -> text.replaceFirst("(?m)^#@uuid.*\n", ""));
        }
    },
    TAKE_PERMISSIONS_AWAY {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            String name = world.any(FILES);
            Optional<Path> vm = world.pick(world.withFile(name));
            if (vm.isPresent()) {
                world.tell("chmod 000 " + place(world, vm.get()) + "/" + name);
                Files.setPosixFilePermissions(vm.get().resolve(name), PosixFilePermissions.fromString("---------"));
            }
            return vm.isPresent();
        }
    },
    LEAVE_HALF_A_FILE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(
                    world,
                    world.any(FILES),
                    text -> text.substring(0, world.random().nextInt(text.length() + 1)));
        }
    },
    EMPTY_A_FILE {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            return edit(world, world.any(FILES), text -> "");
        }
    },
    LEAVE_EDITORS_FILES {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            Optional<Path> vm = world.pick(world.withFile("job"));
            if (vm.isPresent()) {
                String name = world.any(List.of(".job.swp", "job~", "#job#", "job.orig", "fileset~", "4913"));
                world.tell("an editor leaves " + place(world, vm.get()) + "/" + name);
                Files.writeString(
                        vm.get().resolve(name), Files.readString(vm.get().resolve("job")));
            }
            return vm.isPresent();
        }
    },
    LEAVE_FILES_BESIDE_VMS {
        @Override
        boolean carryOut(CampaignWorld world) throws IOException {
            Optional<Path> instance = world.anyDirectory(2);
            Optional<Path> vm = world.pick(world.withFile("job"));
            if (instance.isPresent() && vm.isPresent()) {
                String name = world.any(List.of("job", "fileset", "README", ".job.swp", "job.save"));
                world.tell("cp " + place(world, vm.get()) + "/job " + place(world, instance.get()) + "/" + name);
                Path to = instance.get().resolve(name);
                return !Files.exists(to) && Files.copy(vm.get().resolve("job"), to) != null;
            }
            return false;
        }
    },
    ADD_A_LINE {
        @Override
        boolean carryOut(CampaignWorld world) {
            Optional<String> client = world.pick(CampaignWorld.CLIENTS.stream()
                    .filter(name -> world.lines().stream()
                            .noneMatch(line -> line.client().equals(name)))
                    .toList());
            client.ifPresent(name -> {
                world.addLine("datacenter" + world.next(), "openstack1", name);
                while (world.live(name).size() < 3) {
                    world.appear(name);
                }
                world.tell("clients.conf: a line for " + name);
            });
            return client.isPresent();
        }
    },
    REMOVE_A_LINE {
        @Override
        boolean carryOut(CampaignWorld world) {
            if (world.lines().size() < 2) {
                return false;
            }
            String client = world.any(world.lines()).client();
            world.tell("clients.conf: no line for " + client);
            world.removeLine(client);
            return true;
        }
    },
    REPLACE_PROXY {
        @Override
        boolean carryOut(CampaignWorld world) {
            OpenStackInstance line = world.any(world.lines());
            return change(
                    world, line, line.datacenter(), line.openstack(), "p" + world.next() + ":id:cat", line.jobPrefix());
        }
    },
    CHANGE_PREFIX {
        @Override
        boolean carryOut(CampaignWorld world) {
            OpenStackInstance line = world.any(world.lines());
            return change(
                    world,
                    line,
                    line.datacenter(),
                    line.openstack(),
                    line.proxyServer(),
                    "new" + world.next() + "-" + line.openstack() + "-");
        }
    },
    VM_APPEARS {
        @Override
        boolean carryOut(CampaignWorld world) {
            String client = world.any(world.lines()).client();
            world.tell("new in " + client + ": " + world.appear(client));
            return true;
        }
    },
    VM_VANISHES {
        @Override
        boolean carryOut(CampaignWorld world) {
            return changeVm(world, "gone", vm -> null);
        }
    },
    VM_COMES_BACK {
        @Override
        boolean carryOut(CampaignWorld world) {
            String client = world.any(world.lines()).client();
            Optional<LiveVm> back = world.pick(world.gone(client));
            back.ifPresent(vm -> {
                List<LiveVm> vms = new ArrayList<>(world.live(client));
                vms.add(vm);
                world.tell("back in " + client + ": " + vm.name() + " " + vm.uuid());
                world.live(client, vms);
            });
            return back.isPresent();
        }
    },
    VM_IS_RENAMED {
        @Override
        boolean carryOut(CampaignWorld world) {
            return changeVm(world, "renamed", vm -> vm.withName("renamed" + world.next()));
        }
    },
    VM_IS_REPLACED {
        @Override
        boolean carryOut(CampaignWorld world) {
            return changeVm(
                    world,
                    "replaced",
                    vm -> LiveVm.of(
                            vm.name(),
                            new UUID(vm.uuid().getMostSignificantBits(), 0x9000_0000_0000_0000L + world.next())));
        }
    },
    VM_OPTS_OUT {
        @Override
        boolean carryOut(CampaignWorld world) {
            return changeVm(world, "opted out, or in again", vm -> vm.withOptedOut(!vm.optedOut()));
        }
    };

    private static final List<String> FILES = List.of("job", "fileset");

    /** One of them; what is gone comes back more often than by chance. */
    static EverydayAct any(CampaignWorld world) {
        int more = world.random().nextInt(12);
        return more == 0 ? VM_COMES_BACK : more == 1 ? MOUNT : world.any(List.of(values()));
    }

    /** Does it, if there is anything to do it to, and tells so. */
    abstract boolean carryOut(CampaignWorld world) throws IOException;

    private static String place(CampaignWorld world, Path path) {
        return world.base().getParent().relativize(path).toString();
    }

    private static Path beside(CampaignWorld world, Path path) {
        String name = path.getFileName().toString();
        String end = world.any(List.of(".bak", ".old", "-2", "~", ".orig", " copy"));
        // A datacenter or an instance has no blank in its name.
        boolean isVm = path.getNameCount() - world.base().getNameCount() == 3;
        return path.resolveSibling(name + (isVm ? end : end.replace(" ", "-")));
    }

    private static boolean copy(CampaignWorld world, Optional<Path> from, UnaryOperator<Path> where)
            throws IOException {
        if (from.isEmpty()) {
            return false;
        }
        Path to = where.apply(from.get());
        if (to.startsWith(from.get())) {
            return false;
        }
        world.tell("cp -aT " + place(world, from.get()) + " '" + place(world, to) + "'");
        CampaignWorld.copy(from.get(), to);
        return true;
    }

    private static boolean move(CampaignWorld world, Optional<Path> from, UnaryOperator<Path> where)
            throws IOException {
        if (from.isEmpty()) {
            return false;
        }
        Path to = where.apply(from.get());
        if (Files.exists(to)) {
            return false;
        }
        world.tell("mv " + place(world, from.get()) + " '" + place(world, to) + "'");
        Files.move(from.get(), to);
        return true;
    }

    private static boolean delete(CampaignWorld world, Optional<Path> directory) throws IOException {
        if (directory.isPresent()) {
            world.tell("rm -r " + place(world, directory.get()));
            CampaignWorld.delete(directory.get());
        }
        return directory.isPresent();
    }

    /** Puts back what an old backup has of a directory, over what is there. */
    private static boolean restore(CampaignWorld world, int depth) throws IOException {
        Optional<FileTree> backup = world.pick(world.backups());
        if (backup.isEmpty()) {
            return false;
        }
        Map<String, String> files = backup.get().files();
        Optional<Path> directory = world.pick(files.keySet().stream()
                .map(Path::of)
                .filter(path -> path.getNameCount() > depth)
                .map(path -> path.subpath(0, depth))
                .distinct()
                .sorted()
                .toList());
        if (directory.isEmpty()) {
            return false;
        }
        world.tell(
                "restore " + directory.get() + " of backup " + world.backups().indexOf(backup.get()));
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (Path.of(file.getKey()).startsWith(directory.get())) {
                Path to = world.base().resolve(file.getKey());
                if (Files.exists(to.getParent()) && !Files.isDirectory(to.getParent())) {
                    return false;
                }
                Files.createDirectories(to.getParent());
                Files.writeString(to, file.getValue(), StandardCharsets.ISO_8859_1);
            }
        }
        return true;
    }

    private static String beforeEnd(String text, String line) {
        int brace = text.lastIndexOf('}');
        return brace < 0 ? text : text.substring(0, brace) + line + text.substring(brace);
    }

    private static boolean edit(CampaignWorld world, String name, UnaryOperator<String> change) throws IOException {
        Optional<Path> vm = world.pick(world.withFile(name));
        if (vm.isEmpty()) {
            return false;
        }
        Path file = vm.get().resolve(name);
        String before = Files.readString(file, StandardCharsets.ISO_8859_1);
        String after = change.apply(before);
        world.tell("edit " + place(world, file) + ": now " + after.length() + " of " + before.length() + " bytes");
        Files.writeString(file, after, StandardCharsets.ISO_8859_1);
        return !after.equals(before);
    }

    private static boolean change(
            CampaignWorld world,
            OpenStackInstance line,
            String datacenter,
            String openstack,
            String proxy,
            String prefix) {
        OpenStackInstance after =
                new OpenStackInstance(datacenter, openstack, line.client(), proxy, prefix, line.jobDefs());
        world.tell("clients.conf: " + line + " " + line.proxyServer() + " " + line.jobPrefix() + " is now " + after
                + " " + proxy + " " + prefix);
        world.setLine(after);
        return true;
    }

    private static boolean changeVm(CampaignWorld world, String how, UnaryOperator<LiveVm> change) {
        String client = world.any(world.lines()).client();
        List<LiveVm> vms = new ArrayList<>(world.live(client));
        if (vms.size() < 2) {
            return false;
        }
        int which = world.random().nextInt(vms.size());
        LiveVm before = vms.remove(which);
        LiveVm after = change.apply(before);
        if (after != null) {
            vms.add(which, after);
        }
        world.tell(how + " in " + client + ": " + before.name() + " " + before.uuid());
        world.live(client, vms);
        return true;
    }
}
