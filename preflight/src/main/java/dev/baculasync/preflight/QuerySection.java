package dev.baculasync.preflight;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Each instance's list of VMs. Several are asked at once: one whose client is down takes its time. */
final class QuerySection implements Section {
    private final Installation installation;
    private final KnownDirector director;

    QuerySection(Installation installation, KnownDirector director) {
        this.installation = installation;
        this.director = director;
    }

    @Override
    public String name() {
        return ".query per client";
    }

    @Override
    public void check(Findings findings) {
        List<OpenStackInstance> instances = installation.instances();
        if (instances.isEmpty()) {
            findings.fail("clients", "not checked because clients.conf names no instance", "see clients.conf");
            return;
        }
        Optional<String> obstacle = director.obstacle();
        if (obstacle.isPresent()) {
            instances.forEach(instance -> findings.fail(
                    instance.client(), "not checked because the Director cannot be asked", "see bconsole"));
            return;
        }
        Map<OpenStackInstance, CompletableFuture<Discovery>> asked = new LinkedHashMap<>();
        for (OpenStackInstance instance : instances) {
            asked.put(
                    instance,
                    CompletableFuture.supplyAsync(
                            () -> installation.inventory().discover(instance), installation.executor()));
        }
        asked.forEach((instance, answer) -> tell(findings, instance, discovery(answer)));
    }

    private static Discovery discovery(CompletableFuture<Discovery> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ProviderException failure) {
                if (failure.code() == ProviderException.Code.INTERRUPTED) {
                    throw failure;
                }
                return Discovery.failed(failure.getMessage());
            }
            return Discovery.failed(String.valueOf(e.getCause()));
        }
    }

    private static void tell(Findings findings, OpenStackInstance instance, Discovery discovery) {
        String check = instance.client();
        String vms = discovery.vms().size() + (discovery.vms().size() == 1 ? " VM" : " VMs");
        String problem = String.valueOf(discovery.problem());
        switch (discovery.verdict()) {
            case COMPLETE -> findings.ok(check, vms);
            case INCOMPLETE ->
                findings.warn(check, vms + ", but " + problem, "mend that: until then no VM counts as absent");
            case FAILED ->
                findings.fail(
                        check,
                        problem,
                        "mend that; client and proxy_server are columns 3 and 4 of the line of " + instance
                                + " in clients.conf; until then runs leave this instance alone, new VMs included");
        }
        if (!discovery.doubtful().isEmpty()) {
            findings.warn(
                    check,
                    (discovery.doubtful().size() == 1
                                    ? "a record contradicts itself: "
                                    : discovery.doubtful().size() + " records contradict themselves: ")
                            + discovery.doubtful().get(0).reason(),
                    "look at these VMs in OpenStack; sync --dry-run names them");
        }
    }
}
