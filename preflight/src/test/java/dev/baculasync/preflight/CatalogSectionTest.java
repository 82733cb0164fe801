package dev.baculasync.preflight;

import static dev.baculasync.preflight.FakeCatalogProbe.at;
import static dev.baculasync.preflight.SoundInstallation.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.catalog.jdbc.CatalogFacts;
import dev.baculasync.catalog.jdbc.CatalogFacts.ServerTime;
import dev.baculasync.catalog.jdbc.PoolFacts;
import dev.baculasync.catalog.jdbc.PostgresCatalogConfig;
import dev.baculasync.catalog.jdbc.PostgresCatalogConfig.Tls;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogSectionTest {
    @TempDir
    Path folder;

    private SoundInstallation site;

    @BeforeEach
    void site() {
        site = new SoundInstallation(folder);
    }

    @ParameterizedTest
    @CsvSource({"0, OK", "5, OK", "-5, OK", "6, WARN", "-6, WARN", "3600, WARN", "3601, FAIL", "-3601, FAIL"})
    void clocksThatDifferAreTold(long seconds, String status) {
        site.catalogProbe.facts =
                new CatalogFacts(at(NOW.plusSeconds(seconds)), null, List.of(), List.of(), 1024, true);
        assertThat(find())
                .contains(
                        status + " clock: this host and the catalog's server differ by " + Math.abs(seconds) + " s"
                                + (status.equals("OK")
                                        ? ""
                                        : " -> set both by NTP: the times in the job files decide when a VM is disabled and purged"));
    }

    /** Most volumes, volumes, ready, later, spare, returning. */
    @ParameterizedTest
    @CsvSource({
        "'',   0, 0, 0, 0, 0, 0, FAIL, no Label Format",
        "'',   0, 3, 0, 0, 0, 0, FAIL, none to write to or to recycle",
        "'',   5, 0, 0, 0, 0, 0, FAIL, waits for a volume for ever",
        "Vol-, 0, 0, 0, 0, 0, 0, OK,   Label Format = Vol-",
        "Vol-, 5, 4, 0, 0, 0, 0, OK,   Label Format = Vol-",
        "Vol-, 5, 5, 0, 0, 0, 0, FAIL, not have more than 5",
        "Vol-, 5, 5, 0, 2, 0, 0, WARN, until one of its 5 can be recycled",
        "Vol-, 5, 5, 1, 4, 0, 0, OK,   1 of 5 can be written to",
        "'',   0, 1, 1, 0, 0, 0, OK,   1 of 1 can be written to",
        "'',   0, 2, 0, 2, 0, 0, WARN, until one of its 2 can be recycled",
        "'',   0, 2, 0, 0, 3, 0, OK,   'Scratch Pool, which has 3'",
        "'',   0, 2, 0, 2, 3, 0, OK,   'Scratch Pool, which has 3'",
        "'',   2, 2, 0, 0, 3, 0, FAIL, not have more than 2",
        "'',   0, 0, 0, 0, 0, 4, WARN, 4 of other Pools come to it",
    })
    void aPoolFromWhichNoBackupCanComeFailsAndOneFromWhichOneMayComeNever(
            String labelFormat,
            long most,
            long volumes,
            long ready,
            long later,
            long spare,
            long returning,
            String status,
            String words) {
        site.catalogProbe.pool =
                Optional.of(new PoolFacts("Backup", labelFormat, most, volumes, ready, later, spare, returning));
        assertThat(pool())
                .singleElement()
                .asString()
                .startsWith(status + " volumes of Pool Default: ")
                .contains(words);
    }

    @Test
    void aPoolThatCannotBeLookedAtIsNoFault() {
        site.catalogProbe.poolFailure = new ProviderException(Code.CONFIGURATION, "permission denied for table pool");
        assertThat(pool())
                .singleElement()
                .asString()
                .startsWith(
                        "WARN volumes of Pool Default: not checked: permission denied for table pool -> run catalog/");
        site.catalogProbe.poolFailure = null;
        site.catalogProbe.pool = Optional.empty();
        assertThat(pool())
                .singleElement()
                .asString()
                .startsWith("WARN volumes of Pool Default: not checked: the catalog has no such Pool");
        site.pool = "Elsewhere";
        assertThat(pool())
                .as("the Director does not have it, which is said there")
                .isEmpty();
    }

    @Test
    void aPoolThatIsNoneForBackupsIsToldHereOnlyWhereNobodyElseCan() throws IOException {
        site.catalogProbe.pool = Optional.of(new PoolFacts("Scratch", "", 0, 0, 0, 0, 0, 0));
        assertThat(pool()).isEmpty();
        Files.delete(site.directorConf);
        assertThat(pool())
                .singleElement()
                .asString()
                .startsWith("FAIL volumes of Pool Default: it is for something else");
    }

    private List<String> pool() {
        return find().stream()
                .filter(line -> line.contains(" volumes of Pool "))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "VERIFIED,   db.example, TLSv1.3, OK TLS: TLSv1.3",
        "VERIFIED,   db.example, ,        FAIL TLS: DB_TLS=1",
        "UNVERIFIED, db.example, TLSv1.2, WARN TLS: TLSv1.2",
        "OFF,        db.example, ,        WARN TLS: off",
        "OFF,        localhost,  ,        OK TLS: off",
    })
    void howTheConnectionIsProtectedIsTold(Tls tls, String host, String encryption, String expected) {
        site.catalogProbe.config =
                PostgresCatalogConfig.builder().host(host).tls(tls).build();
        site.catalogProbe.facts = new CatalogFacts(at(NOW), encryption, List.of(), List.of(), 1024, true);
        assertThat(find()).anyMatch(line -> line.startsWith(expected));
    }

    @Test
    void aTableThatOnlyCleanupReadsMayBeClosedAndAnyMayNotBeMissing() {
        site.catalogProbe.facts = new CatalogFacts(at(NOW), null, List.of("log"), List.of("media"), 1024, true);
        assertThat(find())
                .anyMatch(line -> line.startsWith("FAIL tables: missing: log"))
                .anyMatch(line -> line.startsWith("OK rights to read: bacula may not read media, which only cleanup"));
    }

    @Test
    void aPasswordFileThatMayNotBeUsedIsNamedAndTheConnectionNotTried() {
        Settings settings = Settings.of(site.environment);
        settings.problem("~/.pgpass", "the password file /home/x/.pgpass can be accessed by group or others");
        site.catalogProbe.password = false;
        site.catalogProbe.failure = new ProviderException(Code.UNREACHABLE, "never to be tried");
        assertThat(SoundInstallation.find(section(site.installation(settings))))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("FAIL password: ~/.pgpass: ") && line.contains("mode 600"))
                .anyMatch(line -> line.startsWith("FAIL connection: not checked because of ~/.pgpass"));
    }

    @Test
    void noPasswordAtAllIsToldBesideTheRefusedLogin() {
        site.catalogProbe.password = false;
        site.catalogProbe.failure = new ProviderException(Code.UNREACHABLE, "cannot connect: no password supplied");
        assertThat(find())
                .anyMatch(line -> line.startsWith("WARN password: there is none"))
                .anyMatch(line -> line.startsWith("FAIL connection: cannot connect: no password supplied"));
    }

    @Test
    void whatPassesWhileTheConnectionIsMadeIsNoDifferenceAndHidesNone() {
        Instant asked = NOW.plusSeconds(60);
        ServerTime time = new ServerTime(asked, asked.plusSeconds(30), asked.plusMillis(3));
        site.catalogProbe.facts = new CatalogFacts(time, null, List.of(), List.of(), 1024, true);
        assertThat(find()).anyMatch(line -> line.startsWith("WARN clock: ") && line.contains("differ by 29 s"));
    }

    private List<String> find() {
        return SoundInstallation.find(section(site.installation()));
    }

    @Test
    void anotherDatabaseThanTheDirectorsIsTold() {
        site.write("bacula-dir.conf", "Catalog {\n Name = MyCatalog\n dbname = \"bacula\"\n}\n");
        assertThat(find()).noneMatch(line -> line.contains(" database: "));
        site.write("bacula-dir.conf", "Catalog {\n Name = MyCatalog\n DB Name = bacula_prod\n}\n");
        assertThat(find())
                .anyMatch(line -> line.startsWith(
                        "FAIL database: DB_NAME is bacula, but the Director's catalog is in bacula_prod"));
        site.catalogProbe.failure = new ProviderException(Code.UNREACHABLE, "the password is refused");
        assertThat(find())
                .as("a connection that fails hides it not")
                .anyMatch(line -> line.startsWith("FAIL connection: the password is refused"))
                .anyMatch(line -> line.startsWith("FAIL database: "));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,  5432, ''",
        "localhost,  5432, DB Port = 0",
        "127.0.0.1,  5432, DB Address = localhost",
        "127.0.0.1,  5433, dbport = 5433",
        "192.0.2.7,  5432, 'dbaddress = \"192.0.2.7\"'",
        "DB.invalid, 5432, DB Address = db.invalid",
        "db.invalid, 5432, DB Address = 192.0.2.7",
    })
    void theServerOfTheDirectorsCatalogIsNothingToTell(String host, int port, String directive) {
        assertThat(findOn(host, port, directive)).noneMatch(line -> line.contains(" database: "));
    }

    /** A copy, or the one before a move, has a database of the same name. */
    @ParameterizedTest
    @CsvSource({
        "localhost, 5433, '',                      localhost:5432",
        "localhost, 5432, DB Port = 5433,          localhost:5433",
        "192.0.2.7, 5432, '',                      localhost:5432",
        "localhost, 5432, DB Address = 192.0.2.7,  192.0.2.7:5432",
        "192.0.2.8, 5432, dbaddress = 192.0.2.7,   192.0.2.7:5432",
    })
    void anotherServerThanTheOneOfTheDirectorsCatalogIsTold(String host, int port, String directive, String directors) {
        assertThat(findOn(host, port, directive))
                .anyMatch(line -> line.startsWith("WARN database: DB_HOST and DB_PORT lead to " + host + ":" + port
                        + ", but the Director's catalog is on " + directors + " -> "));
    }

    private List<String> findOn(String host, int port, String directive) {
        site.catalogProbe.config =
                PostgresCatalogConfig.builder().host(host).port(port).build();
        site.write("bacula-dir.conf", "Catalog {\n Name = MyCatalog\n dbname = \"bacula\"\n" + directive + "\n}\n");
        return find();
    }

    private static Section section(Installation installation) {
        return new CatalogSection(installation, new KnownDirector(installation));
    }
}
