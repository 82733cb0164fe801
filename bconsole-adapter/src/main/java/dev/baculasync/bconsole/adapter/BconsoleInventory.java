package dev.baculasync.bconsole.adapter;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
    private final HarmlessAttributes harmless;

    BconsoleInventory(Bconsole console, HarmlessAttributes harmless) {
        this.console = console;
        this.harmless = harmless;
    }

    @Override
    public Discovery discover(OpenStackInstance instance) {
        String client = instance.client();
        Proof before = prove(client);
        if (before.isHopeless()) {
            return Discovery.failed(about(client, before.reason()));
        }
        String command = Command.QUERY.with("plugin=\"openstack: proxy_server=" + legal(instance.proxyServer())
                + "\" client=" + Bconsole.argument(client) + " parameter=server");
        QueryAnswerParser parser = new QueryAnswerParser(harmless);
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
        List<String> gaps = new ArrayList<>();
        gap(before, before.daemon() == null ? before : proveAgain(client, before.daemon()))
                .ifPresent(gaps::add);
        gaps.addAll(answer.gaps());
        if (answer.doubtful().stream()
                .anyMatch(vm -> vm.name() == null && vm.uuids().isEmpty())) {
            gaps.add("a record has neither a name nor a UUID that is beyond doubt, so any VM may be missing;"
                    + " run .query by hand and look at what the plugin prints");
        }
        Discovery list = Discovery.complete(answer.vms(), answer.doubtful()).mentioning(answer.mentioned());
        return gaps.isEmpty() ? list : list.butIncomplete(about(client, String.join("; ", gaps)));
    }

    /** Why it is not proven that the same File Daemon listed all; empty when it is. */
    private static Optional<String> gap(Proof before, Proof after) {
        if (before.daemon() == null) {
            return Optional.of("its status before the list is not known, so the list may be short: " + before.reason());
        }
        if (after.daemon() == null) {
            return Optional.of("its status after the list is not known, so the list may be short: " + after.reason());
        }
        return before.daemon().differenceTo(after.daemon());
    }

    /** To the second where that can be had, else to the minute. */
    private Proof prove(String client) {
        Proof header = proveToTheSecond(client);
        return header.isFinal() ? header : proveToTheMinute(client);
    }

    /** In the way that gave the first proof: no other could be compared with it. */
    private Proof proveAgain(String client, DaemonIdentity first) {
        return first.kind() == DaemonIdentity.Kind.START_TO_THE_MINUTE ? proveToTheMinute(client) : prove(client);
    }

    private Proof proveToTheSecond(String client) {
        return ask(
                Command.DOT_STATUS.with("client=" + Bconsole.argument(client) + " header"),
                console::askForProgram,
                DaemonIdentity::inHeader);
    }

    private Proof proveToTheMinute(String client) {
        return ask(
                Command.STATUS.with("client=" + Bconsole.argument(client)),
                console::ask,
                answer -> DaemonIdentity.toTheMinute(client, answer));
    }

    private static Proof ask(
            String command,
            Function<String, List<String>> question,
            Function<List<String>, Optional<DaemonIdentity>> reading) {
        List<String> answer;
        try {
            answer = question.apply(command);
        } catch (ProviderException e) {
            return new Proof(null, HOPELESS.contains(e.code()), messageUnlessInterrupted(e));
        }
        Optional<DaemonIdentity> daemon = reading.apply(answer);
        if (daemon.isPresent()) {
            return new Proof(daemon.get(), false, "");
        }
        List<String> failures =
                answer.stream().filter(QueryFailure::saysNoConnection).toList();
        if (!failures.isEmpty()) {
            return new Proof(null, true, QueryFailure.explain(command, failures));
        }
        if (answer.stream().anyMatch(line -> Bconsole.refuses(command, line))) {
            return new Proof(null, false, Bconsole.refused(command).getMessage());
        }
        return new Proof(
                null,
                false,
                "\"" + command + "\" does not say when its File Daemon was started: " + Excerpt.of(answer));
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
     * @param daemon what it says about itself, or null
     * @param isHopeless whether a further question would be answered no better, and perhaps as late: nobody is asked, or
     *     the Director cannot connect to the File Daemon
     * @param reason why there is no identity; empty when there is
     */
    private record Proof(@Nullable DaemonIdentity daemon, boolean isHopeless, String reason) {
        boolean isFinal() {
            return daemon != null || isHopeless;
        }
    }

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
