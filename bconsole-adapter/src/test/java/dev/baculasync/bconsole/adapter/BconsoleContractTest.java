package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.Director;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.testkit.DirectorContract;
import dev.baculasync.testkit.LiveInventoryContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked through bconsole holds to what every provider must hold to. */
@Timeout(600)
class BconsoleContractTest {
    private static final int MOST_SESSIONS = 12;

    @TempDir
    private Path folder;

    @Nested
    class Inventory implements LiveInventoryContract {
        @Override
        public LiveInventory listing(List<List<LiveVm>> lists) {
            FakeBconsole fake = new FakeBconsole(folder);
            for (List<LiveVm> vms : lists) {
                fake.up().answer(records(vms)).up();
            }
            return new BconsoleInventory(fake.console(), HarmlessAttributes.known());
        }

        @Override
        public LiveInventory cutShortAfter(List<LiveVm> vms) {
            return new BconsoleInventory(
                    new FakeBconsole(folder)
                            .up()
                            .answer(records(vms))
                            .answerForProgram(FakeBconsole.header(1_795_813_999L, 13_999, 0))
                            .console(),
                    HarmlessAttributes.known());
        }

        @Override
        public LiveInventory unreachable() {
            return new BconsoleInventory(
                    new FakeBconsole(folder)
                            .unreachable()
                            .unreachable()
                            .unreachable()
                            .console(),
                    HarmlessAttributes.known());
        }

        private static String records(List<LiveVm> vms) {
            StringBuilder text = new StringBuilder();
            for (LiveVm vm : vms) {
                text.append("server=").append(vm.name()).append(" uuid=").append(vm.uuid());
                text.append(vm.tag() == null ? "" : " tag=" + vm.tag());
                text.append(vm.optedOut() ? " backup=false\n" : "\n");
            }
            return text.toString();
        }
    }

    @Nested
    class TheDirector implements DirectorContract {
        /** A Director of a few lines: what it has loaded is one file, what it is configured to load another. */
        private static final String DIRECTOR = """
                if [ -e "$here/dead" ]; then echo 'Connecting to Director 127.0.0.1:9101'; exit 1; fi
                printf '%%s' "$preamble"
                echo_in
                echo_in
                case $line in
                .jobs) cat "$here/loaded" ;;
                'show all')
                    echo 'Director: name=dir1 MaxJobs=4'
                    echo 'JobDefs: name=DefaultJob JobType=66 level= Priority=10 Enabled=1'
                    while read -r job; do
                        enabled=1
                        grep -qx "$job" "$here/disabled" && enabled=0
                        echo "Job: name=$job JobType=66 level= Priority=10 Enabled=$enabled"
                        echo "  --> FileSet: name=Of $job IgnoreFileSetChanges=0"
                        sed -n "s/^$job /      P openstack: proxy_server=p instance=/p" "$here/vms"
                    done < "$here/loaded"
                    ;;
                '.status dir header')
                    echo 'dir1 Version: 15.0.0 (01 November 2023)'
                    echo "Daemon started 22-Nov-26 00:24, conf reloaded 22-Nov-2026 00:24:1$(cat "$here/reloads")"
                    ;;
                reload)
                    case %s in
                    LOADS) cp "$here/configured" "$here/loaded"; echo 5 > "$here/reloads" ;;
                    DIES) : > "$here/dead"; exit 0 ;;
                    esac
                    ;;
                esac
                echo_in
                """;

        @Override
        public Director directorThat(Fate fate) {
            FakeBconsole fake = new FakeBconsole(folder);
            write("loaded", LOADED);
            write("configured", CONFIGURED);
            write("reloads", Set.of("4"));
            write("disabled", DISABLED);
            write(
                    "vms",
                    VMS.entrySet().stream()
                            .flatMap(job -> job.getValue().stream().map(uuid -> job.getKey() + " " + uuid))
                            .collect(Collectors.toSet()));
            for (int session = 0; session < MOST_SESSIONS; session++) {
                fake.session(DIRECTOR.formatted(fate), "");
            }
            return new BconsoleDirector(fake.console(), null, time -> {}, FakeBconsole.NEVER_LOOKED);
        }

        @Override
        public Director unreachable() {
            FakeBconsole fake = new FakeBconsole(folder);
            for (int session = 0; session < MOST_SESSIONS; session++) {
                fake.unreachable();
            }
            return new BconsoleDirector(fake.console(), null, time -> {}, FakeBconsole.NEVER_LOOKED);
        }

        private void write(String file, Set<String> lines) {
            try {
                Files.write(folder.resolve(file), lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
