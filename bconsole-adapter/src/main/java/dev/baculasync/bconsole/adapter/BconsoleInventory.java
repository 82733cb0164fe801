package dev.baculasync.bconsole.adapter;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the Bacula OpenStack plugin with {@code .query}. A File Daemon that dies in the middle of the list leaves a short
 * list that looks fine, so its status is asked before and after: a list is complete only between two proofs that it was
 * the same daemon all the time.
 */
final class BconsoleInventory implements LiveInventory {
    /** After these there is nothing to hope for from more questions, each of which may take as long again. */
    private static final Set<Code> HOPELESS = Set.of(Code.UNREACHABLE, Code.TIMEOUT, Code.CONFIGURATION, Code.IO);

    private final Bconsole console;

    BconsoleInventory(Bconsole console) {
        this.console = console;
    }

    @Override
    public Discovery discover(OpenStackInstance instance) {
        String client = instance.client();
        Proof before = prove(client);
        if (before.failure() != null && HOPELESS.contains(before.failure())) {
            return Discovery.failed(about(client, before.reason()));
        }
        String command = Command.QUERY.with("plugin=\"openstack: proxy_server=" + legal(instance.proxyServer())
                + "\" client=" + Bconsole.argument(client) + " parameter=server");
        QueryAnswerParser parser = new QueryAnswerParser();
        AnswerSize size = new AnswerSize();
        try {
            console.ask(command, line -> {
                size.count(line);
                parser.read(line);
            });
        } catch (ProviderException e) {
            return Discovery.failed(about(client, messageUnlessInterrupted(e)));
        }
        QueryAnswer answer = parser.finish();
        if (!answer.errors().isEmpty()) {
            return Discovery.failed(about(client, QueryFailure.explain(command, answer.errors())));
        }
        if (answer.isEmpty()) {
            return Discovery.failed(about(
                    client,
                    size.isNothing()
                            ? ".query printed nothing; check that its File Daemon is recent and has the OpenStack plugin"
                            : ".query gave an empty list, which cannot be told from a failure; check the proxy server \""
                                    + instance.proxyServer() + "\""));
        }
        Optional<String> gap = gap(before, prove(client), answer);
        return gap.isPresent()
                ? Discovery.incomplete(answer.vms(), answer.doubtful(), about(client, gap.get()))
                : Discovery.complete(answer.vms(), answer.doubtful());
    }

    /** Why something may be missing from the list; empty when nothing can be. */
    private static Optional<String> gap(Proof before, Proof after, QueryAnswer answer) {
        if (before.status() == null) {
            return Optional.of("its status before the list is not known, so the list may be short: " + before.reason());
        }
        if (after.status() == null) {
            return Optional.of("its status after the list is not known, so the list may be short: " + after.reason());
        }
        DaemonStatus first = before.status();
        DaemonStatus second = after.status();
        if (!first.version().equals(second.version())
                || !first.started().equals(second.started())
                || second.jobsRun() < first.jobsRun()) {
            return Optional.of(
                    "its File Daemon was restarted while it listed VMs, so the list may be short; look at its"
                            + " log if this comes again");
        }
        if (!answer.strays().isEmpty()) {
            return Optional.of("within the list stands what is no part of it, so the list may be short: "
                    + Excerpt.of(answer.strays()) + "; run .query by hand and look at what the plugin prints");
        }
        if (answer.doubtful().stream()
                .anyMatch(vm -> vm.name() == null && vm.uuids().isEmpty())) {
            return Optional.of("a record has neither a name nor a UUID that is beyond doubt, so any VM may be missing;"
                    + " run .query by hand and look at what the plugin prints");
        }
        return Optional.empty();
    }

    private Proof prove(String client) {
        String command = Command.STATUS.with("client=" + Bconsole.argument(client));
        List<String> answer;
        try {
            answer = console.ask(command);
        } catch (ProviderException e) {
            return new Proof(null, e.code(), messageUnlessInterrupted(e));
        }
        if (answer.stream().anyMatch(line -> Bconsole.refuses(command, line))) {
            return new Proof(null, null, Bconsole.refused(command).getMessage());
        }
        return DaemonStatus.in(answer)
                .map(status -> new Proof(status, null, ""))
                .orElseGet(() -> new Proof(
                        null,
                        null,
                        "\"" + command + "\" does not say when its File Daemon was started: " + Excerpt.of(answer)));
    }

    private static String messageUnlessInterrupted(ProviderException e) {
        if (e.code() == Code.INTERRUPTED) {
            throw e;
        }
        return e.getMessage();
    }

    private static String legal(String name) {
        Bconsole.argument(name);
        return name;
    }

    private static String about(String client, String problem) {
        return "client " + client + ": " + problem;
    }

    /**
     * Which File Daemon answers.
     *
     * @param status what it says about itself, or null
     * @param failure why it could not be asked; null when it was
     * @param reason why there is no status; empty when there is
     */
    private record Proof(
            @Nullable DaemonStatus status, @Nullable Code failure, String reason) {}

    /** Tells an answer without a word from one without a VM. */
    private static final class AnswerSize {
        private boolean nothing = true;

        void count(String line) {
            nothing &= line.isBlank();
        }

        boolean isNothing() {
            return nothing;
        }
    }
}
