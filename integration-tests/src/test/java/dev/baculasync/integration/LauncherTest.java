package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.packaging.Command;
import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the start script of the distribution makes of the environment that it is started in. */
class LauncherTest {
    private static final String LAUNCHER = Path.of("..", "examples", "cli", "target", "bacula-openstack-sync", "bin")
            .resolve("bacula-openstack-sync")
            .toAbsolutePath()
            .normalize()
            .toString();
    /** The words as bytes, so that the locale of the tests has no part in it. */
    private static final String GUEST = "\\343\\202\\262\\343\\202\\271\\343\\203\\210";

    @TempDir
    Path folder;

    private final Map<String, String> environment = new LinkedHashMap<>();

    @BeforeEach
    void anEmptyTree() throws IOException {
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put(
                "BASE_DIR", Files.createDirectory(folder.resolve("base")).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOTHING=1",
                "LC_ALL=C",
                "LC_ALL=POSIX",
                "LC_ALL=en_US.UTF-8",
                "LC_ALL=no_SUCH.UTF-8",
                "LC_ALL=de_DE.ISO-8859-1",
                "LC_ALL=tr_TR",
                "LC_CTYPE=ja_JP.eucJP",
                "LANG=fr_FR.UTF-8"
            })
    void namesAreUtf8WhateverTheLocaleIsCalled(String locale) throws Exception {
        set(locale);

        Result result = shell("BASE_DIR=$1/bas$(printf '\\303\\251') && mkdir \"$BASE_DIR\" && export BASE_DIR &&"
                + " exec \"$0\" status \"$(printf '" + GUEST + "')\"");

        assertThat(result.err()).isEqualTo("ERROR: no VM, UUID or job \"ゲスト\" is known to the files\n");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=tr_TR.UTF-8", "LANG=de_DE.UTF-8", "LC_MESSAGES=de_DE.UTF-8"})
    void javaSpeaksEnglish(String locale) throws Exception {
        set(locale);
        environment.put("LANGUAGE", "de");
        environment.put(
                "JAVA_HOME",
                program("bin/java", "echo \"$LC_ALL ${LANGUAGE-unset}\"").toString());
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"17\"\n");

        assertThat(shell("exec \"$0\" status").out()).isEqualTo("C.UTF-8 unset\n");
    }

    @Test
    void whereNoLocaleHasUtf8WhatNeedsOneIsRefusedAndNothingElse() throws Exception {
        Path tools = program("tools/locale", "[ \"$1\" = -a ] && echo POSIX || echo ANSI_X3.4-1968")
                .resolve("tools");
        environment.merge("PATH", tools.toString(), (all, first) -> first + ":" + all);
        String lack = "this host has no locale with UTF-8, so what is beyond ASCII in ";

        Result argument = shell("exec \"$0\" status \"$(printf '" + GUEST + "')\"");
        assertThat(argument.err()).startsWith("ERROR: " + lack + "arguments cannot be read: make one");
        assertThat(argument.exitCode()).isEqualTo(2);

        Result variable = shell("X=$(printf '" + GUEST + "') && export X && exec \"$0\" status");
        assertThat(variable.err())
                .startsWith("WARN: " + lack + "environment variables")
                .hasLineCount(1);
        assertThat(variable.exitCode()).isZero();

        Result plain = shell("exec \"$0\" status");
        assertThat(plain.err()).isEmpty();
        assertThat(plain.exitCode()).isZero();
    }

    @Test
    void anotherLocaleWithUtf8StandsInForOneThatIsNotThere() throws Exception {
        Path tools = program(
                        "tools/locale",
                        "[ \"$1\" = -a ] && printf 'POSIX\\nde_AT\\nde_AT.utf8\\n' && exit\n"
                                + "[ \"$LC_ALL\" = de_AT.utf8 ] && echo UTF-8 || echo ANSI_X3.4-1968")
                .resolve("tools");
        environment.merge("PATH", tools.toString(), (all, first) -> first + ":" + all);
        environment.put("JAVA_HOME", program("bin/java", "echo \"$LC_ALL\"").toString());
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"17\"\n");

        assertThat(shell("exec \"$0\" status").out()).isEqualTo("de_AT.utf8\n");
    }

    @Test
    void aMisspeltVariableIsToldThoughAShellCannotNameIt() throws Exception {
        environment.put("DRY-RUN", "1");
        environment.put("OTHER", "a line\nMAX-DISABLE-MIN=1");

        Result result = new Command(LAUNCHER, "status").with(environment).run();

        assertThat(result.err())
                .startsWith("ERROR: DRY-RUN: is set, but nothing reads it")
                .hasLineCount(1);
        assertThat(result.exitCode()).isEqualTo(2);
    }

    private void set(String variable) {
        int sign = variable.indexOf('=');
        environment.put(variable.substring(0, sign), variable.substring(sign + 1));
    }

    /** A shell script as a program; the folder that its path starts from. */
    private Path program(String path, String text) throws IOException {
        Path program = folder.resolve(path);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + text + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return folder;
    }

    private Result shell(String script) throws Exception {
        return new Command("/bin/sh", "-c", script, LAUNCHER, folder.toString())
                .with(environment)
                .run();
    }
}
