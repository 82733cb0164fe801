package dev.baculasync.cli;

import static dev.baculasync.cli.CliHarness.FIRST;
import static dev.baculasync.cli.CliHarness.SECOND;
import static dev.baculasync.cli.CliHarness.UUID_1;
import static dev.baculasync.cli.CliHarness.UUID_2;
import static dev.baculasync.cli.CliHarness.stored;
import static dev.baculasync.cli.CliHarness.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.CliHarness.Result;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeleteClientCommandTest {
    private static final String[] RETIRE = {
        "delete-client", FIRST.datacenter(), FIRST.openstack(), FIRST.client(), FIRST.jobPrefix()
    };
    private static final String JOB = FIRST.jobPrefix() + "web";

    @TempDir
    Path folder;

    private CliHarness cli;

    @BeforeEach
    void anInstanceThatWasTakenOutOfClientsConf() {
        cli = new CliHarness(folder).clients(SECOND);
        cli.store.put(stored(FIRST, "web", UUID_1)).put(stored(SECOND, "db", UUID_2));
        cli.catalog.ran(FIRST.client(), JOB).ran(SECOND.client(), SECOND.jobPrefix() + "db");
        cli.director.writesTo(cli.catalog).clientsAre(ClientState.Kind.SILENT);
    }

    @Test
    void everythingOfTheClientGoesAndASummarySaysSo() {
        Result result = cli.run(RETIRE);

        assertThat(result.exitCode()).isZero();
        assertThat(result.outLines())
                .anyMatch(line -> line.startsWith("purged\tdatacenter1/openstack1\tweb\t" + UUID_1))
                .anyMatch(line -> line.startsWith("ACTION REQUIRED\t"))
                .last()
                .asString()
                .isEqualTo("client bacula-dc1-os1-fd: its row in the catalog is gone, its directory is gone");
        assertThat(cli.store.vms()).singleElement().matches(vm -> vm.slug().equals("db"));
        assertThat(cli.catalog.runsOf(JOB)).isEmpty();
        assertThat(cli.catalog.clientsRemoved()).containsExactly(FIRST.client());
    }

    /** Such as a copy, or a restore to the client. */
    @Test
    void aRunThatKeepsTheClientsRowIsSomethingThatIsLeft() {
        cli.catalog.ran(FIRST.client(), "RestoreFiles");
        assertThat(cli.run("delete-client", "--dry-run", RETIRE[1], RETIRE[2], RETIRE[3], RETIRE[4])
                        .out())
                .endsWith("client bacula-dc1-os1-fd: its row in the catalog would stay\n");

        Result result = cli.run(RETIRE);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.outLines())
                .last()
                .asString()
                .isEqualTo("client bacula-dc1-os1-fd: its row in the catalog stays, its directory is gone");
        assertThat(result.errLines())
                .anyMatch(line -> line.startsWith("WARN: ") && line.contains("its Client row stays"));
        assertThat(cli.run("delete-client", "--help").out()).contains("1   something is left, such as copies");
    }

    @Test
    void theLastClientCanBeDeletedToo() {
        cli.clientsConf("# nothing is left\n");

        assertThat(cli.run(RETIRE).exitCode()).isZero();
    }

    @Test
    void aDryRunShowsTheRowsAndChangesNothing() {
        for (Result result : new Result[] {
            cli.run("delete-client", "--dry-run", RETIRE[1], RETIRE[2], RETIRE[3], RETIRE[4]),
            cli.run("--dry-run", RETIRE[0], RETIRE[1], RETIRE[2], RETIRE[3], RETIRE[4]),
            cli.set("DRYRUN", "1").run(RETIRE)
        }) {
            assertThat(result.exitCode()).isZero();
            assertThat(result.out())
                    .contains("DRY RUN")
                    .contains("job 1")
                    .endsWith("client bacula-dc1-os1-fd: its row in the catalog would go\n");
            assertThat(cli.store.vms()).hasSize(2);
            assertThat(cli.catalog.runsOf(JOB)).hasSize(1);
            assertThat(cli.catalog.clientsRemoved()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "datacenter2,openstack2,bacula-dc2-os1-fd,other-,client bacula-dc2-os1-fd is still in clients.conf",
        "datacenter2,openstack1,other-fd,other-,datacenter2/openstack1 is still in clients.conf",
        "datacenter3,openstack1,other-fd,backup-,job prefix backup- could take jobs of datacenter2/openstack1",
        "datacenter3,openstack1,other-fd,backup-dc2-os1-x,could take jobs of datacenter2/openstack1",
        "../etc,openstack1,other-fd,other-,datacenter ",
        "datacenter3,openstack1,a\"b,other-,client ",
        "datacenter3,openstack1,other-fd,a/b,job_prefix "
    })
    void whatIsConfiguredOrNoNameIsRefused(
            String datacenter, String openstack, String client, String prefix, String why) {
        assertRefused(cli.run("delete-client", datacenter, openstack, client, prefix), why);
    }

    @Test
    void aClientsConfThatCannotBeReadIsARefusal() {
        cli.clientsConf("one two\n");

        assertRefused(cli.run(RETIRE), "clients.conf:1: ");
    }

    @Test
    void aClientThatAnswersIsRefused() {
        cli.director.clientsAre(ClientState.Kind.ANSWERS);

        assertRefused(cli.run(RETIRE), "the File Daemon of client bacula-dc1-os1-fd still answers");
    }

    @Test
    void aClientAtWorkIsRefused() {
        cli.catalog.runs(FIRST.client(), "anything");

        assertRefused(cli.run(RETIRE), "waiting or running");
    }

    @Test
    void anotherRunHoldsItUp() {
        cli.store.open(ConfigStore.Access.WRITE);

        assertThat(cli.run(RETIRE).exitCode()).isEqualTo(3);
    }

    /** Afterwards nothing else would remember the volumes that are left. */
    @Test
    void theReportIsPrintedBeforeWhatItLeavesToAPersonIsForgotten() {
        cli.inventory.set(SECOND, vm("db", UUID_2));
        List<String> printed = new ArrayList<>();
        cli.store(access -> watched(cli.store.open(access), () -> printed.add(cli.printed())));

        assertThat(cli.run(RETIRE).exitCode()).isZero();
        assertThat(cli.run("sync").exitCode()).isZero();
        assertThat(cli.run("repair", "db").exitCode()).isZero();

        assertThat(printed)
                .satisfiesExactly(
                        retired -> assertThat(retired).contains("ACTION REQUIRED\t", "its directory is gone"),
                        synced -> assertThat(synced).contains("summary\t"),
                        repaired -> assertThat(repaired).contains("summary\t"));
    }

    @Test
    void whatCannotBeForgottenIsAWarning() {
        cli.store(access -> watched(cli.store.open(access), () -> {
            throw new ProviderException(ProviderException.Code.IO, "cannot remove it");
        }));

        Result result = cli.run(RETIRE);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("ACTION REQUIRED\t");
        assertThat(result.errLines()).contains("WARN: cannot remove it");
    }

    /** A session that does something first when manual actions are to be forgotten. */
    private static StoreSession watched(StoreSession session, Runnable beforeTheyAre) {
        return (StoreSession) Proxy.newProxyInstance(
                StoreSession.class.getClassLoader(),
                new Class<?>[] {StoreSession.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("ledger")) {
                        return watched(session.ledger(), beforeTheyAre);
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Ledger watched(Ledger ledger, Runnable beforeActionsAreForgotten) {
        return new Ledger() {
            @Override
            public List<Entry> entries(String kind) {
                return ledger.entries(kind);
            }

            @Override
            public void update(String kind, Predicate<Entry> removed, List<Entry> added) {
                if (kind.equals("actions") && added.isEmpty()) {
                    beforeActionsAreForgotten.run();
                }
                ledger.update(kind, removed, added);
            }
        };
    }

    private void assertRefused(Result result, String why) {
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("ERROR: "))
                .anyMatch(line -> line.contains(why));
        assertThat(cli.store.vms()).hasSize(2);
        assertThat(cli.catalog.clientsRemoved()).isEmpty();
    }
}
