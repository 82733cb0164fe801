package dev.baculasync.preflight;

import dev.baculasync.filestore.ClientsConfException.Problem;
import dev.baculasync.preflight.config.Access;
import dev.baculasync.spi.OpenStackInstance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** {@code clients.conf}: there, readable, and right in every line. */
final class ClientsConfSection implements Section {
    private final Installation installation;

    ClientsConfSection(Installation installation) {
        this.installation = installation;
    }

    @Override
    public String name() {
        return "clients.conf";
    }

    @Override
    public void check(Findings findings) {
        Path file = installation.clientsConf();
        for (Problem problem : installation.clients().problems()) {
            findings.fail(
                    problem.line() == 0 ? "file" : "line " + problem.line(),
                    file + ": " + problem.reason(),
                    problem.line() > 0
                            ? "mend the line; runs refuse the whole file until then"
                            : "let CLIENTS_CONF name the file, readable for " + installation.user()
                                    + ", with a line for each OpenStack instance");
        }
        if (!installation.instances().isEmpty()) {
            findings.ok(
                    "instances",
                    installation.instances().size() + " in " + file + ": "
                            + installation.instances().stream()
                                    .map(OpenStackInstance::toString)
                                    .collect(Collectors.joining(", ")));
        }
        if (Files.exists(file)) {
            Access.of(file).ifPresent(access -> {
                if (access.othersMayWrite()) {
                    findings.warn(
                            "mode",
                            file + " has mode " + access.mode() + ": anybody may change what is backed up",
                            "chmod o-w " + file);
                }
            });
        }
    }
}
