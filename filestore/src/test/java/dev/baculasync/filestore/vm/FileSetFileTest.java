package dev.baculasync.filestore.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.Samples;
import dev.baculasync.spi.FileSetFacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FileSetFileTest {
    private static final String NAME = "fs-datacenter1-openstack1-rocky9-instance1";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String replaced(String text) {
        byte[] after = FileSetFile.replaceInstance(bytes(text), Samples.UUID_1, Samples.UUID_2);
        return after == null ? null : new String(after, StandardCharsets.ISO_8859_1);
    }

    @Test
    void isWrittenAsTheSeedPrintsIt() {
        assertThat(FileSetFile.write(Samples.fileSet(Samples.VM, Samples.UUID_1)))
                .asString()
                .isEqualTo(Samples.FILE_SET_TEXT);
    }

    @Test
    void withoutDedupTheLineIsLeftOut() {
        FileSetFacts facts = new FileSetFacts(NAME, "dc1-os1-proxy", null, Set.of(Samples.UUID_1));
        assertThat(FileSetFile.write(facts))
                .asString()
                .isEqualTo(Samples.FILE_SET_TEXT.replace("      dedup     = sha256\n", ""));
    }

    @Test
    void whatIsWrittenIsRead() {
        FileSetFacts whole = Samples.fileSet(Samples.VM, Samples.UUID_1);
        FileSetFacts withoutDedup = new FileSetFacts(NAME, "p", null, Set.of(Samples.UUID_2));
        for (FileSetFacts facts : List.of(whole, withoutDedup)) {
            assertThat(FileSetFile.facts(FileSetFile.write(facts))).isEqualTo(facts);
        }
    }

    @Test
    void whatIsSaidElsewhereOrMoreThanOnceIsNotTakenForTheOneValue() {
        String text = "# Name = a\nFileSet { Include { Options { compression = dedup\n # dedup = x\n}\n"
                + "Plugin = \"openstack: proxy_server=p instance=" + Samples.UUID_1 + "\"\n"
                + "Plugin = \"openstack: proxy_server=p instance=" + Samples.UUID_2 + "\"\n} }\n";
        assertThat(FileSetFile.facts(bytes(text)))
                .isEqualTo(new FileSetFacts(null, null, null, Set.of(Samples.UUID_1, Samples.UUID_2)));
    }

    @Test
    void onlyWhatWeWriteToTheByteIsOurs() {
        assertThat(FileSetFile.isWritten(bytes(Samples.FILE_SET_TEXT), NAME)).isTrue();
        FileSetFacts facts = new FileSetFacts(NAME, "other", null, Set.of(Samples.UUID_2));
        assertThat(FileSetFile.isWritten(FileSetFile.write(facts), NAME)).isTrue();
        assertThat(FileSetFile.isWritten(bytes(Samples.FILE_SET_TEXT), "another"))
                .isFalse();
        assertThat(FileSetFile.isWritten(bytes(Samples.FILE_SET_TEXT + "\n"), NAME))
                .isFalse();
        assertThat(FileSetFile.isWritten(bytes(Samples.FILE_SET_TEXT.replace("SHA256", "SHA512")), NAME))
                .isFalse();
        assertThat(FileSetFile.isWritten(bytes(""), NAME)).isFalse();
        assertThat(FileSetFile.isWritten(bytes("# note\n" + Samples.FILE_SET_TEXT), NAME))
                .isFalse();
    }

    @Test
    void anotherInstanceReplacesNothingButItsUuid() {
        assertThat(replaced(Samples.FILE_SET_TEXT))
                .isEqualTo(Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), Samples.UUID_2.toString()));
    }

    @Test
    void commentsAndOtherStringsAreNotPluginStrings() {
        String uuid = "instance=" + Samples.UUID_1;
        String text = "FileSet { Include {\n# Plugin = \"openstack: " + uuid + "\"\n File = \"" + uuid
                + "\"\n P lugin\n=\"openstack: a=b " + uuid + " c=d\"\n Plugin = \"x" + uuid + "\"}}";
        int at = text.indexOf("a=b ") + "a=b instance=".length();
        assertThat(replaced(text)).isEqualTo(text.substring(0, at) + Samples.UUID_2 + text.substring(at + 36));
    }

    @Test
    void aPluginStringThatWasBrokenOverTwoLinesIsFollowed() {
        String text = "Plugin = \"openstack: proxy_server=p instance=014c5892-5efb-4efb-\r\nbd60-4e038800475d\"\r\n";
        assertThat(replaced(text))
                .isEqualTo("Plugin = \"openstack: proxy_server=p instance=" + Samples.UUID_2 + "\"\r\n");
    }

    @Test
    void upperCaseIsTheSameUuid() {
        assertThat(replaced(Samples.FILE_SET_TEXT.replace("014c5892", "014C5892")))
                .isEqualTo(Samples.FILE_SET_TEXT.replace(Samples.UUID_1.toString(), Samples.UUID_2.toString()));
    }

    @Test
    void whatIsReplacedAlreadyStaysAndWhatNamesNeitherIsToldApart() {
        byte[] done = FileSetFile.write(Samples.fileSet(Samples.VM, Samples.UUID_2));
        assertThat(FileSetFile.replaceInstance(done, Samples.UUID_1, Samples.UUID_2))
                .isSameAs(done);
        assertThat(replaced("FileSet { }")).isNull();
        assertThat(replaced("Plugin = \"instance=" + Samples.UUID_1 + "0\"")).isNull();
    }
}
