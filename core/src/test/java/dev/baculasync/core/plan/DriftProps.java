package dev.baculasync.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Proxies and clients that were replaced in {@code clients.conf}, while one run may change only so many jobs. */
class DriftProps {
    /** What a job names. */
    private enum Names {
        WHAT_IT_SHOULD,
        THE_FORMER_PROXY,
        THE_FORMER_CLIENT,
        BOTH
    }

    @Property(tries = 500)
    void anUpdateThatTheLimitHasCutIsEnded(
            @ForAll("jobs") List<Names> jobs, @ForAll @IntRange(min = 2, max = 12) int limit) {
        Site site = site(jobs, limit);
        long formerProxies = jobs.stream().filter(DriftProps::hasFormerProxy).count();
        for (int run = 0; run <= jobs.size(); run++) {
            assertThat(site.run().edits()).hasSizeLessThanOrEqualTo(limit);
        }
        assertThat(site.store.vms()).extracting(ManagedVm::client).containsOnly(Site.INSTANCE.client());
        assertThat(site.store.vms()).extracting(vm -> vm.directives().client()).containsOnly(Site.INSTANCE.client());
        boolean isOneOperatorsChoice = formerProxies == 1 && jobs.size() > 1;
        assertThat(site.store.vms())
                .filteredOn(vm -> "former-proxy".equals(vm.proxyServer()))
                .hasSize(isOneOperatorsChoice ? 1 : 0);
        assertThat(site.plan().edits()).isEmpty();
    }

    private static boolean hasFormerProxy(Names names) {
        return names == Names.THE_FORMER_PROXY || names == Names.BOTH;
    }

    private static Site site(List<Names> jobs, int limit) {
        Site site = new Site();
        site.policy = SyncPolicy.builder()
                .policyDrift(SyncPolicy.PolicyDrift.UPDATE)
                .maxDisableMin(limit)
                .maxDisablePercent(0)
                .build();
        for (int i = 0; i < jobs.size(); i++) {
            String name = "vm" + i;
            UUID uuid = new UUID(1, i);
            ManagedVm.Builder vm = Site.stored(name, uuid, LifecycleState.ACTIVE).toBuilder();
            if (hasFormerProxy(jobs.get(i))) {
                vm.proxyServer("former-proxy");
            }
            if (jobs.get(i) == Names.THE_FORMER_CLIENT || jobs.get(i) == Names.BOTH) {
                vm.client("former-client").jobClient("former-client");
            }
            site.live(LiveVm.of(name, uuid)).stored(vm.build());
        }
        return site;
    }

    @Provide
    Arbitrary<List<Names>> jobs() {
        return Arbitraries.of(Names.class).list().ofMinSize(1).ofMaxSize(30);
    }
}
