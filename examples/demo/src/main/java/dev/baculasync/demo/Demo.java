package dev.baculasync.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/** The program: {@code Demo [FOLDER]}. Exit status 0 when everything was as promised, 1 when not, 2 for wrong usage. */
public final class Demo {
    private Demo() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err, System.getenv()));
    }

    static int run(String[] arguments, PrintStream out, PrintStream err, Map<String, String> environment) {
        if (arguments.length != 1 || arguments[0].isEmpty() || arguments[0].startsWith("-")) {
            err.println("usage: Demo FOLDER (it is made; an earlier demo in it is replaced)");
            return 2;
        }
        Path folder = Path.of(arguments[0]);
        out.printf("""
                bacula-openstack-sync, the main job on a simulated world

                Two datacenters with three OpenStack instances, some forty VMs, %d days, one sync every evening at 22:00.
                Simulated are OpenStack, the Director and the time. Real are the planner and the engine, the files it writes,
                and the catalog, in an embedded PostgreSQL; every night each enabled job leaves a run in it.
                The grace period is 14 days; one run may disable at most 3 jobs of an instance (or 30 %%).
                Each day on which something happens gets a table, any other a dot.
                """, FleetScript.DAYS);
        DemoRun.Result result;
        try {
            result = new DemoRun(out, environment).run(folder);
        } catch (IOException | SQLException e) {
            err.println("The demo could not go on: " + Printable.of(String.valueOf(e.getMessage())));
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
        out.println();
        if (!result.violations().isEmpty()) {
            out.println("NOT as promised:");
            result.violations().forEach(violation -> out.println("  " + Printable.of(violation)));
            return 1;
        }
        out.printf("""
                Checked on every evening, and all true: each VM that was there and had not opted out had exactly one enabled
                job, one outcome, and no job outlived its VM's grace period.

                The files are in %s. Look at
                  openstack/dc1/os1/mail-01/job      a VM that is gone: disabled, nothing deleted
                  openstack/dc1/os1/db-01/job        a policy chosen by the VM's own tag
                  openstack/dc1/os2/win-app-03/job   a VM that was built anew: #@previous-uuid
                  openstack/dc1/os2/x__*/job         what became of the malicious name
                  openstack/director.conf            the one file a Director includes, as bacula-dir.conf here does
                """, folder);
        return 0;
    }
}
