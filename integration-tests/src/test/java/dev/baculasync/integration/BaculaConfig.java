package dev.baculasync.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the configuration of a small Bacula: Director, Storage Daemon, File Daemon and console, all on the loopback
 * address and inside one folder.
 */
record BaculaConfig(Path folder, Path baseDir, int directorPort, int fileDaemonPort, int storagePort) {
    static final String DIRECTOR = "test-dir";
    static final List<String> JOB_DEFS = List.of("DefaultJob", "LinuxVMJob", "WindowsVMJob", "mysql-consistent");
    private static final String SECRET = "daemon-secret";

    Path directorFile() {
        return folder.resolve("bacula-dir.conf");
    }

    Path fileDaemonFile() {
        return folder.resolve("bacula-fd.conf");
    }

    Path storageFile() {
        return folder.resolve("bacula-sd.conf");
    }

    Path consoleFile() {
        return folder.resolve("bconsole.conf");
    }

    Path plugins() {
        return folder.resolve("plugins");
    }

    Path volumes() {
        return folder.resolve("volumes");
    }

    void writeDirector(CatalogDatabase catalog, List<String> clients, RealBacula.Include include, int jobsPerVolume)
            throws IOException {
        String clientResources = clients.stream()
                .map(client -> """
                        Client {
                          Name = "%s"
                          Address = 127.0.0.1
                          FDPort = %d
                          Catalog = "MyCatalog"
                          Password = "%s"
                          AutoPrune = no
                          Maximum Concurrent Jobs = 4
                        }
                        """.formatted(client, fileDaemonPort, SECRET))
                .collect(Collectors.joining());
        String jobDefs = JOB_DEFS.stream().map(name -> """
                        JobDefs {
                          Name = "%s"
                          Type = Backup
                          Level = Incremental
                          Storage = "File1"
                          Pool = "Default"
                          Schedule = "WeeklyCycle"
                          Messages = "Standard"
                        }
                        """.formatted(name)).collect(Collectors.joining());
        Files.writeString(queryFile(), "");
        Files.writeString(directorFile(), """
                Director {
                  Name = "%s"
                  DirAddress = 127.0.0.1
                  DirPort = %d
                  Password = "%s"
                  QueryFile = "%s"
                %s  Messages = "Daemon"
                  Maximum Concurrent Jobs = 8
                }
                Catalog {
                  Name = "MyCatalog"
                  DB Name = "%s"
                  DB User = "%s"
                  DB Password = "%s"
                  DB Address = "%s"
                  DB Port = %d
                }
                Storage {
                  Name = "File1"
                  Address = 127.0.0.1
                  SDPort = %d
                  Password = "%s"
                  Device = "FileStorage"
                  Media Type = "File"
                  Maximum Concurrent Jobs = 8
                }
                Pool {
                  Name = "Default"
                  Pool Type = Backup
                  Label Format = "Vol-"
                  Maximum Volume Jobs = %d
                  AutoPrune = no
                }
                Schedule {
                  Name = "WeeklyCycle"
                }
                %s%sFileSet {
                  Name = "Base Set"
                  Include {
                    File = "/etc/hostname"
                  }
                }
                Job {
                  Name = "Base"
                  JobDefs = "DefaultJob"
                  Client = "%s"
                  FileSet = "Base Set"
                }
                Job {
                  Name = "RestoreFiles"
                  Type = Restore
                  Client = "%s"
                  FileSet = "Base Set"
                  Storage = "File1"
                  Pool = "Default"
                  Messages = "Standard"
                  Where = "%s"
                }
                %s""".formatted(
                        DIRECTOR,
                        directorPort,
                        SECRET,
                        queryFile(),
                        folders("dir"),
                        CatalogDatabase.NAME,
                        CatalogDatabase.USER,
                        CatalogDatabase.PASSWORD,
                        catalog.host(),
                        catalog.port(),
                        storagePort,
                        SECRET,
                        jobsPerVolume,
                        clientResources,
                        jobDefs,
                        clients.get(0),
                        clients.get(0),
                        folder.resolve("restored"),
                        messages("Standard", "catalog = all") + messages("Daemon", "") + include.line(baseDir) + "\n"));
        Files.writeString(consoleFile(), """
                Director {
                  Name = "%s"
                  Address = 127.0.0.1
                  DirPort = %d
                  Password = "%s"
                }
                """.formatted(DIRECTOR, directorPort, SECRET));
    }

    void writeFileDaemon() throws IOException {
        Files.createDirectories(plugins());
        Files.writeString(fileDaemonFile(), """
                FileDaemon {
                  Name = "test-fd"
                  FDAddress = 127.0.0.1
                  FDPort = %d
                  Plugin Directory = "%s"
                %s  Maximum Concurrent Jobs = 8
                }
                %s%s""".formatted(
                        fileDaemonPort,
                        plugins(),
                        folders("fd"),
                        allowedDirector(),
                        messages("Standard", "director = " + DIRECTOR + " = all")));
    }

    /** With a second device, which no Director uses by itself: a copy is read from one and written to another. */
    void writeStorage() throws IOException {
        Files.createDirectories(volumes());
        Files.writeString(storageFile(), """
                Storage {
                  Name = "test-sd"
                  SDAddress = 127.0.0.1
                  SDPort = %d
                %s  Maximum Concurrent Jobs = 8
                }
                %s%s%s%s""".formatted(
                        storagePort,
                        folders("sd"),
                        device("FileStorage", "File"),
                        device("CopyStorage", "Copy"),
                        allowedDirector(),
                        messages("Standard", "director = " + DIRECTOR + " = all")));
    }

    private String device(String name, String mediaType) {
        return """
                Device {
                  Name = "%s"
                  Media Type = "%s"
                  Archive Device = "%s"
                  LabelMedia = yes
                  Random Access = yes
                  AutomaticMount = yes
                  RemovableMedia = no
                  AlwaysOpen = no
                }
                """.formatted(name, mediaType, volumes());
    }

    private Path queryFile() {
        return folder.resolve("query.sql");
    }

    private String folders(String daemon) throws IOException {
        Path work = Files.createDirectories(folder.resolve("work-" + daemon));
        return "  WorkingDirectory = \"%s\"\n  Pid Directory = \"%s\"\n".formatted(work, work);
    }

    private static String allowedDirector() {
        return """
                Director {
                  Name = "%s"
                  Password = "%s"
                }
                """.formatted(DIRECTOR, SECRET);
    }

    private String messages(String name, String also) {
        return """
                Messages {
                  Name = "%s"
                  append = "%s" = all
                  %s
                }
                """.formatted(name, folder.resolve("messages.log"), also);
    }
}
