package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.JobNames;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    record Run(int client, String name, Kind kind) {}

    /** What a run is, as type, level and PriorJobId. */
    enum Kind {
        OWN("'B', 'I', 0"),
        OWN_WITHOUT_PRIOR("'B', 'F', NULL"),
        COPY("'C', 'F', 3"),
        MIGRATED("'M', 'F', 0"),
        RESULT("'B', 'F', 3"),
        BASE("'B', 'B', 0");

        private final String columns;

        Kind(String columns) {
            this.columns = columns;
        }

        boolean isOwn() {
            return this == OWN || this == OWN_WITHOUT_PRIOR;
        }
    }

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
            List<Run> runs = scene.runs().stream()
                    .filter(run -> run.client() == owner)
                    .filter(run -> run.name().startsWith(scene.prefix()) && BaculaName.isLegal(run.name()))
                    .toList();
            Set<String> known = names(runs.stream().filter(run -> run.kind().isOwn()));
            Set<String> copies = names(runs.stream());
            copies.removeAll(known);
            assertThat(JobNamesTest.read(catalog, "client" + client, scene.prefix()))
                    .isEqualTo(new JobNames(known, copies));
        }
    }

    private static Set<String> names(Stream<Run> runs) {
        return runs.map(Run::name).collect(Collectors.toSet());
    }

    @Provide
    Arbitrary<Scene> scenes() {
        // Few letters, so that prefixes meet names; neighbours in byte order, wildcards, and bytes that are not UTF-8.
        Arbitrary<String> name = Arbitraries.strings()
                .withChars("aaAzZ__-.:9 %\\{[\u007f\u00c3\u00ff")
                .ofMinLength(1)
                .ofMaxLength(4);
        Arbitrary<List<Run>> runs = Combinators.combine(
                        Arbitraries.integers().between(0, 2), name, Arbitraries.of(Kind.class))
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
                        connection.prepareStatement("INSERT INTO job (job, name, jobstatus, clientid, type, level,"
                                + " priorjobid) SELECT 'run', convert_from(?, 'SQL_ASCII'), 'T', ?, k.type, k.level, k.prior"
                                + " FROM (VALUES " + kinds() + ") AS k (kind, type, level, prior) WHERE k.kind = ?")) {
            for (Run run : runs) {
                statement.setBytes(1, run.name().getBytes(StandardCharsets.ISO_8859_1));
                statement.setInt(2, run.client());
                statement.setInt(3, run.kind().ordinal());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static String kinds() {
        return Stream.of(Kind.values())
                .map(kind -> "(" + kind.ordinal() + ", " + kind.columns + ")")
                .collect(Collectors.joining(", "));
    }
}
