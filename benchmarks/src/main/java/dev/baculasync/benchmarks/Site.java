package dev.baculasync.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * An installation to be measured: {@code clients.conf}, a base directory, and a bconsole that prints what a Director would.
 */
final class Site {
    private static final String BCONSOLE = """
            #!/bin/sh
            # Answers like a bconsole whose Director knows these clients.
            here=${0%/*}
            echo 'Connecting to Director 127.0.0.1:9101'
            echo '1000 OK: 10002 bench-dir Version: 15.0.0 (01 November 2023)'
            echo 'Enter a period to cancel a command.'
            while IFS= read -r command; do
                echo "$command"
                case $command in
                    .query\\ *)
                        client=${command#* client=}
                        cat "$here/lists/${client%% *}"
                        ;;
                    '.status client='*) cat "$here/status-header" ;;
                    'status client='*) cat "$here/status-client" ;;
                    'show all') cat "$here/show-all" ;;
                    quit) exit 0 ;;
                esac
            done
            """;

    private static final String STATUS = """
            Connecting to Client bench-fd at 127.0.0.1:9102

            bench-fd Version: 15.0.0 (01 November 2023)  x86_64-pc-linux-gnu debian 12.11
            Daemon started 01-Nov-26 08:00. Jobs: run=17 running=0.

            Running Jobs:
            Director connected at: 22-Nov-26 01:00
            No Jobs running.
            ====
            """;

    /** What {@code .status client=C header} says for programs; its shape is that of 9.6.7. */
    private static final String STATUS_HEADER = """
            header:
            name=bench-fd
            version=15.0.0 (01 November 2023)
            uname=x86_64-pc-linux-gnu debian 12.11
            started_epoch=1793520000
            started=2026-11-01 08:00:00
            pid=812
            jobs_run=17
            jobs_running=0
            winver=
            debug=0
            trace=0
            bwlimit=0
            plugins=openstack-fd.so

            """;

    private final Path root;
    private final int instances;
    private final int vmsEach;

    private Site(Path root, int instances, int vmsEach) {
        this.root = root;
        this.instances = instances;
        this.vmsEach = vmsEach;
    }

    /** Writes everything but the tree. */
    static Site create(Path root, int instances, int vmsEach) throws IOException {
        Site site = new Site(root, instances, vmsEach);
        Files.createDirectories(root.resolve("lists"));
        Files.writeString(root.resolve("bconsole"), BCONSOLE);
        Files.setPosixFilePermissions(root.resolve("bconsole"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(root.resolve("status-client"), STATUS);
        Files.writeString(root.resolve("status-header"), STATUS_HEADER);
        StringBuilder clients = new StringBuilder();
        StringBuilder resources = new StringBuilder("Director: name=bench-dir MaxJobs=20\n");
        for (int i = 0; i < instances; i++) {
            clients.append(String.format("dc%02d os1 %s proxy%02d %s%n", i, client(i), i, jobPrefix(i)));
            resources.append("Client: Name=").append(client(i)).append(" Enabled=1\n");
            site.writeList(i);
        }
        resources.append("""
                JobDefs: name=DefaultJob JobType=66
                Schedule: Name=WeeklyCycle Enabled=1
                Storage: name=File1 address=127.0.0.1
                Pool: name=Default PoolType=Backup
                Messages: name=Standard
                """);
        Files.writeString(root.resolve("clients.conf"), clients);
        Files.writeString(root.resolve("show-all"), resources);
        return site;
    }

    Path root() {
        return root;
    }

    /** A base directory of that name, made empty if it is not there. */
    Path baseDir(String name) throws IOException {
        return Files.createDirectories(root.resolve(name));
    }

    int vms() {
        return instances * vmsEach;
    }

    List<String> clients() {
        List<String> clients = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            clients.add(client(i));
        }
        return clients;
    }

    /** Names of the jobs of the client with that index. */
    List<String> jobs(int client) {
        List<String> jobs = new ArrayList<>();
        for (int vm = 0; vm < vmsEach; vm++) {
            jobs.add(jobPrefix(client) + vmName(vm));
        }
        return jobs;
    }

    private void writeList(int instance) throws IOException {
        try (BufferedWriter list = Files.newBufferedWriter(root.resolve("lists").resolve(client(instance)))) {
            for (int vm = 0; vm < vmsEach; vm++) {
                String name = vmName(vm);
                UUID uuid = UUID.nameUUIDFromBytes((client(instance) + name).getBytes(StandardCharsets.UTF_8));
                list.write("server=" + name + " uuid=" + uuid + "\n");
            }
        }
    }

    private static String client(int instance) {
        return String.format("bacula-dc%02d-os1-fd", instance);
    }

    private static String jobPrefix(int instance) {
        return String.format("backup-dc%02d-os1-", instance);
    }

    private static String vmName(int vm) {
        return String.format("rocky9-instance%05d", vm);
    }
}
