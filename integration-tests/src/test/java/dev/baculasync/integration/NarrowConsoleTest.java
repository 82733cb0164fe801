package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a console may not see, a Director does not show, and nobody can tell that from what is not there. */
class NarrowConsoleTest {
    private static final String VM = "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";

    @TempDir
    private static Path folder;

    private static Site site;
    private static String configuration;

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
        configuration = Files.readString(site.bacula().directorFile());
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JobACL,      Base,              JobDefs,  DefaultJob",
        "StorageACL,  Elsewhere,         Storage,  File1",
        "PoolACL,     Archive,           Pool,     Default",
        "ScheduleACL, Monthly,           Schedule, WeeklyCycle",
        "ClientACL,   bacula-dc2-os1-fd, Client,   bacula-dc1-os1-fd"
    })
    void whatAnAclHidesIsNotSaidToBeMissing(String acl, String allowed, String kind, String hidden) throws Exception {
        String reason = sync(acl, allowed);
        assertThat(reason)
                .contains(kind + " \"" + hidden + "\" is not among what the Director shows: it does not exist")
                .contains("the Console that BCONSOLE_CONF names may not see it (")
                .contains(acl);
    }

    @Test
    void withAllOfItsRightsItSeesEverything() throws Exception {
        assertThat(sync("PoolACL", "*all*")).startsWith("new; protected");
    }

    /** What is said of the one VM to a console that has this in an ACL and all in the others. */
    private static String sync(String acl, String allowed) throws Exception {
        site.reset();
        StringBuilder console = new StringBuilder("Console {\n  Name = \"narrow\"\n  Password = \"narrow-secret\"\n");
        for (String kind :
                List.of("Command", "Client", "Job", "Pool", "Storage", "Catalog", "FileSet", "Schedule", "Where")) {
            console.append("  %sACL = \"%s\"\n".formatted(kind, acl.equals(kind + "ACL") ? allowed : "*all*"));
        }
        Files.writeString(site.bacula().directorFile(), configuration + console + "}\n");
        site.bacula().reload();
        Path file = Files.writeString(
                folder.resolve("narrow.conf"),
                Files.readString(site.bacula().bconsoleConf()) + """
                Console {
                  Name = "narrow"
                  Password = "narrow-secret"
                  Director = "%s"
                }
                """.formatted(BaculaConfig.DIRECTOR));
        site.answer(VM);
        Program.Result result =
                site.program().with("BCONSOLE_CONF", file.toString()).run("sync", "--client", Site.CLIENT, "--json");
        JsonNode vms = result.json().get("clients").get(0).get("vms");
        assertThat(vms).as(result.out() + result.err()).hasSize(1);
        return vms.get(0).get("reason").textValue();
    }
}
