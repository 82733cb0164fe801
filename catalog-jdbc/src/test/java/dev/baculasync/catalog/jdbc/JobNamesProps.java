package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.BaculaName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class JobNamesProps {
    private static TestCatalog catalog;

    /** One run; the name's characters are bytes. */
    record Run(int client, String name) {}

    @BeforeContainer
    static void create() {
        catalog = TestCatalog.create(1026);
    }

    @AfterContainer
    static void drop() {
        catalog.close();
    }

    /** One value, because jqwik fails to shrink a list and a text that are two parameters. */
    record Scene(List<Run> runs, String prefix) {}

    @Property(tries = 60)
    void theNamesAreThoseOfReadingEveryRun(@ForAll("scenes") Scene scene) throws SQLException {
        fill(scene.runs());
        for (int client = 0; client < 3; client++) {
            int owner = client;
            Set<String> naive = scene.runs().stream()
                    .filter(run -> run.client() == owner)
                    .map(Run::name)
                    .filter(name -> name.startsWith(scene.prefix()) && BaculaName.isLegal(name))
                    .collect(Collectors.toSet());
            assertThat(JobNamesTest.jobNames(catalog, "client" + client, scene.prefix()))
                    .isEqualTo(naive);
        }
    }

    @Provide
    Arbitrary<Scene> scenes() {
        // Few letters, so that prefixes meet names; neighbours in byte order, wildcards, and bytes that are not UTF-8.
        Arbitrary<String> name = Arbitraries.strings()
                .withChars("aaAzZ__-.:9 %\\{[\u007f\u00c3\u00ff")
                .ofMinLength(1)
                .ofMaxLength(4);
        Arbitrary<List<Run>> runs = Combinators.combine(Arbitraries.integers().between(0, 2), name)
                .as(Run::new)
                .list()
                .ofMaxSize(300);
        Arbitrary<String> prefix =
                Arbitraries.strings().withChars("aAzZ_-.:9 ").ofMinLength(1).ofMaxLength(2);
        return Combinators.combine(runs, prefix).as(Scene::new);
    }

    private static void fill(List<Run> runs) throws SQLException {
        catalog.execute("TRUNCATE job, client");
        catalog.execute("INSERT INTO client (clientid, name, uname) VALUES (0, 'client0', ''), (1, 'client1', ''),"
                + " (2, 'client2', '')");
        try (Connection connection = catalog.connect();
                PreparedStatement statement =
                        connection.prepareStatement("INSERT INTO job (job, name, type, level, jobstatus, clientid)"
                                + " VALUES ('run', convert_from(?, 'SQL_ASCII'), 'B', 'F', 'T', ?)")) {
            for (Run run : runs) {
                statement.setBytes(1, run.name().getBytes(StandardCharsets.ISO_8859_1));
                statement.setInt(2, run.client());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
