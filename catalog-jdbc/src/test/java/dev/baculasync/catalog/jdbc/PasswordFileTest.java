package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.catalog.jdbc.PasswordFile.Login;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordFileTest {
    private static final Login LOGIN = new Login("localhost", 5432, "bacula", "sync");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "localhost:5432:bacula:sync:pw      | pw",
                "*:*:*:*:pw                         | pw",
                "localhost:*:bacula:*:pw            | pw",
                "localhost:5433:bacula:sync:pw      | none",
                "db1:5432:bacula:sync:pw            | none",
                "Localhost:5432:bacula:sync:pw      | none",
                "localhos*:5432:bacula:sync:pw      | none",
                "localhost:5432:bacula:sync         | none",
                "localhost:5432:bacula:syncx:pw     | none",
                "localhost:5432:bacula:syn:pw       | none",
                "#localhost:5432:bacula:sync:pw     | none",
                "localhost:5432:bacula:sync:a:b     | a:b",
                "localhost:5432:bacula:sync:a\\:b   | a:b",
                "localhost:5432:bacula:sync:a\\\\b  | a\\b",
                "localhost:5432:bacula:sync:a\\bc   | abc",
                "localhost:5432:bacula:sync:ab\\    | ab\\",
                "\\localhost:5432:bacula:sync:pw    | pw",
                "localhost:5432:bacula:sync:        | none",
                "localhost:5432:bacula:sync:*       | *",
            })
    void aLineMatchesAsLibpqMatchesIt(String line, String password) throws CharacterCodingException {
        assertThat(find(line, LOGIN)).isEqualTo(Optional.ofNullable(password));
    }

    @Test
    void blanksInFrontBelongToTheHost() throws CharacterCodingException {
        assertThat(find(" localhost:5432:bacula:sync:pw", LOGIN)).isEmpty();
    }

    @Test
    void colonsInAHostMayBeEscapedAndBackslashesMustBe() throws CharacterCodingException {
        Login login = new Login("::1", 5432, "ba\\cula", "sync");
        assertThat(find("\\:\\:1:5432:ba\\\\cula:sync:pw", login)).contains("pw");
        assertThat(find("::1:5432:ba\\\\cula:sync:pw", login)).contains("pw");
        assertThat(find("::1:5432:ba\\cula:sync:pw", login)).isEmpty();
    }

    @Test
    void theFirstLineThatMatchesWins() throws CharacterCodingException {
        assertThat(find("# mine\n\nother:*:*:*:a\nlocalhost:*:*:*:b\n*:*:*:*:c\n", LOGIN))
                .contains("b");
        assertThat(find("localhost:*:*:*:\n*:*:*:*:c\n", LOGIN)).isEmpty();
    }

    @Test
    void linesMayEndWithCarriageReturns() throws CharacterCodingException {
        assertThat(find("*:*:*:*:pw\r\n", LOGIN)).contains("pw");
    }

    @Test
    void aPasswordMayHoldAnyLetters() throws CharacterCodingException {
        assertThat(find("*:*:*:jörg:pässwörd", new Login("h", 1, "d", "jörg"))).contains("pässwörd");
    }

    @Test
    void bytesThatAreNotUtf8MatterOnlyInThePasswordThatIsUsed() throws CharacterCodingException {
        assertThat(PasswordFile.find(latin1("# für uns\nhöst:*:*:*:ö\n*:*:*:*:pw\n"), LOGIN))
                .contains("pw");
        assertThatThrownBy(() -> PasswordFile.find(latin1("*:*:*:*:pässwörd"), LOGIN))
                .isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void aPasswordThatIsNotUtf8IsAProblemThatDoesNotTellIt() throws IOException {
        Path file = write(latin1("*:*:*:*:secrät"), "rw-------");
        assertThat(problems(file))
                .singleElement()
                .asString()
                .contains("not UTF-8")
                .doesNotContain("secr");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw--w----", "rw---x---", "rw----r--", "rw-----w-", "rw------x"})
    void aFileThatOthersCanAccessIsRefused(String mode) throws IOException {
        Path file = write(latin1("*:*:*:*:secret"), mode);
        assertThat(problems(file))
                .singleElement()
                .asString()
                .contains(file.toString())
                .contains("chmod 600 " + file)
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rwx------"})
    void aFileOfTheOwnerAloneIsRead(String mode) throws IOException {
        Path file = write(latin1("*:*:*:*:secret"), mode);
        assertThat(new PasswordFile(file).password(LOGIN, problem -> {
                    throw new AssertionError(problem);
                }))
                .contains("secret");
    }

    @Test
    void aFileThatIsNotThereOrNoFileIsAProblem() {
        assertThat(problems(folder.resolve("nowhere")))
                .singleElement()
                .asString()
                .contains("nowhere");
        assertThat(problems(folder)).singleElement().asString().contains(folder.toString());
    }

    private static List<String> problems(Path file) {
        List<String> problems = new ArrayList<>();
        assertThat(new PasswordFile(file).password(LOGIN, problems::add)).isEmpty();
        return problems;
    }

    private Path write(byte[] content, String mode) throws IOException {
        Path file = Files.write(folder.resolve("pgpass"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static Optional<String> find(String content, Login login) throws CharacterCodingException {
        return PasswordFile.find(content.getBytes(StandardCharsets.UTF_8), login);
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
