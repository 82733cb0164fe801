package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.SyncReport;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code in the README is compiled as it stands there, and does what it says. */
class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final String CLIENT = "bacula-dc1-os1-fd";

    @TempDir
    private Path folder;

    @Test
    void theEmbeddersFifteenLinesDoASync() throws Exception {
        String code = codeOfReadme();
        assertThat(code.lines().filter(line -> !line.isBlank()).count() - 2)
                .as("lines inside the method")
                .isLessThanOrEqualTo(15);
        try (RealBacula bacula = RealBacula.start(CLIENT);
                URLClassLoader loader =
                        new URLClassLoader(new URL[] {compile(code)}, getClass().getClassLoader())) {
            bacula.answerQuery(CLIENT, "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");
            Path clients = Files.writeString(folder.resolve("clients.conf"), "dc1 os1 " + CLIENT + " proxy b-\n");
            Map<String, String> environment = new HashMap<>(bacula.settings());
            environment.put("CLIENTS_CONF", clients.toString());
            environment.put("PATH", System.getenv("PATH"));
            Method sync = loader.loadClass("Embedder").getDeclaredMethod("sync", Map.class);
            sync.setAccessible(true);
            SyncReport report = (SyncReport) sync.invoke(null, environment);
            assertThat(report.hasProblem()).as("%s", report).isFalse();
            assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
            assertThat(bacula.jobNames()).contains("b-web");
        }
    }

    private static String codeOfReadme() throws IOException {
        Matcher java = JAVA.matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(java.find()).as("a java block in the README").isTrue();
        return java.group(1);
    }

    private URL compile(String code) throws IOException {
        String imports = String.join(
                "\n",
                List.of(
                        "import dev.baculasync.bconsole.adapter.*;",
                        "import dev.baculasync.catalog.jdbc.*;",
                        "import dev.baculasync.core.*;",
                        "import dev.baculasync.core.plan.*;",
                        "import dev.baculasync.filestore.*;",
                        "import dev.baculasync.spi.*;",
                        "import java.nio.file.Path;",
                        "import java.time.*;",
                        "import java.util.Map;"));
        Path source = Files.writeString(
                folder.resolve("Embedder.java"), imports + "\nfinal class Embedder {\n" + code + "}\n");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                .call();
        assertThat(compiled).as("%s", messages).isTrue();
        return folder.toUri().toURL();
    }
}
