package dev.baculasync.core.plan;

import dev.baculasync.core.plan.SyncPolicy.PolicyDrift;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What jobs and FileSets name that the line of {@code clients.conf} no longer does: Client and proxy. Told once for an
 * instance, with the count; brought in line, where an operator wants that, up to the safety limit, and only where it is what
 * we have written. Used for one plan.
 */
final class Drift {
    /** What a warning about drift begins with. */
    static final String MARK = "drift: ";

    private final SyncPolicy policy;
    private final OpenStackInstance instance;
    private final @Nullable String formerProxy;
    private final Map<String, Integer> told = new TreeMap<>();
    private final int mostUpdates;
    private int updates;
    /** How many jobs name the former proxy still. */
    private int left;

    Drift(SyncPolicy policy, OpenStackInstance instance, List<ManagedVm> vms) {
        this.policy = policy;
        this.instance = instance;
        this.formerProxy = commonestOther(vms, instance.proxyServer());
        this.left = (int) vms.stream().filter(this::namesFormerProxy).count();
        this.mostUpdates = SafetyLimits.mostJobs(
                policy, (int) vms.stream().filter(ManagedVm::enabled).count());
    }

    /** The proxy that FileSets name in place of this one, if it is more than one operator's choice for one VM. */
    private static @Nullable String commonestOther(List<ManagedVm> vms, String proxy) {
        Map<String, Long> others = vms.stream()
                .map(ManagedVm::proxyServer)
                .flatMap(Stream::ofNullable)
                .filter(other -> !other.equals(proxy))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        Optional<Map.Entry<String, Long>> commonest =
                others.entrySet().stream().max(Comparator.comparing(Map.Entry::getValue));
        return commonest
                .filter(other -> other.getValue() > 1 || vms.size() == 1)
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** A change that brings a job in line where that is wanted, and what is told of it. */
    record Found(ManagedVm after, List<String> warnings, List<String> updated) {}

    Found of(ManagedVm vm, ManagedVm after) {
        Found found = new Found(after, new ArrayList<>(), new ArrayList<>());
        String client = Objects.requireNonNullElse(vm.directives().client(), vm.client());
        boolean isClientOurs = client.equals(vm.client());
        boolean hasOtherClient = !client.equals(instance.client());
        String proxy = vm.proxyServer();
        boolean hasOtherProxy = proxy != null && !proxy.equals(instance.proxyServer());
        boolean wantsUpdate = (hasOtherClient && isClientOurs) || namesFormerProxy(vm);
        boolean updates = policy.policyDrift() == PolicyDrift.UPDATE && wantsUpdate && takeUpdate(vm);
        if (hasOtherClient) {
            found = settle(
                    found, "Client", client, instance.client(), isClientOurs, updates, withClient(found.after()));
        } else if (!vm.client().equals(instance.client())) {
            // The job is right, so its header follows.
            found = new Found(withClient(found.after()), found.warnings(), found.updated());
        }
        if (proxy != null && hasOtherProxy) {
            found = settle(
                    found,
                    "proxy_server",
                    proxy,
                    instance.proxyServer(),
                    namesFormerProxy(vm),
                    updates,
                    found.after().toBuilder()
                            .proxyServer(instance.proxyServer())
                            .build());
        }
        return found;
    }

    /** A Client that the job takes from its JobDefs stays there. */
    private ManagedVm withClient(ManagedVm vm) {
        ManagedVm.Builder after = vm.toBuilder().client(instance.client());
        if (vm.directives().client() != null) {
            after.jobClient(instance.client());
        }
        return after.build();
    }

    private boolean namesFormerProxy(ManagedVm vm) {
        return formerProxy != null && formerProxy.equals(vm.proxyServer());
    }

    /**
     * Whether this run may change one more job. The limit never parts the last two jobs that name the former proxy: one that is
     * alone with it looks like an operator's choice, and no later run would change it.
     */
    private boolean takeUpdate(ManagedVm vm) {
        int leftAfter = namesFormerProxy(vm) ? left - 1 : left;
        int roomAfter = mostUpdates - updates - 1;
        boolean partsTheLastTwo = leftAfter == 1 && roomAfter == 0 && mostUpdates > 1;
        if (roomAfter < 0 || partsTheLastTwo) {
            return false;
        }
        updates++;
        left = leftAfter;
        return true;
    }

    private Found settle(
            Found found, String kind, String has, String wanted, boolean isOurs, boolean updates, ManagedVm updated) {
        String what = kind + " is " + has + ", in clients.conf it is " + wanted;
        if (isOurs && updates) {
            found.updated().add(what + ": updated");
            return new Found(updated, found.warnings(), found.updated());
        }
        found.warnings().add(MARK + what);
        told.merge(what + advice(kind, isOurs), 1, Integer::sum);
        return found;
    }

    private String advice(String kind, boolean isOurs) {
        if (!isOurs) {
            return "; an operator seems to have chosen that, so it is left as it is";
        }
        if (policy.policyDrift() == PolicyDrift.UPDATE) {
            return "; one run changes at most " + mostUpdates + " jobs (MAX_DISABLE_PERCENT, MAX_DISABLE_MIN)";
        }
        return "; POLICY_DRIFT=update changes it"
                + (kind.equals("proxy_server") ? ", and makes the next Incremental of each a Full" : "");
    }

    /** One sentence for each kind, with the count. */
    List<String> notes() {
        return told.entrySet().stream()
                .map(entry -> entry.getValue() + " job(s): " + entry.getKey())
                .toList();
    }
}
