package dev.baculasync.integration;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What a tenant may call a VM, or ask for with a tag, to get at somebody else. The same seed gives the same texts. */
final class HostileText {
    private static final List<String> PICKED = List.of(
            "",
            " ",
            "\t",
            "\n",
            "\r",
            "\0",
            ".",
            "..",
            "...",
            "-",
            "--",
            "-rf",
            "_",
            ":",
            "/",
            "//",
            "\\",
            "\\\\",
            "\"",
            "\"\"",
            "'",
            "`reboot`",
            "$(reboot)",
            "${HOME}",
            "%s%n",
            "~",
            "*",
            "?",
            "@",
            "@/etc/passwd",
            "@|\"reboot\"",
            "#",
            "#@status: disabled",
            ";",
            "{",
            "}",
            "}}",
            "{ }",
            "=",
            ",",
            "../../../etc/cron.d/x",
            "/etc/passwd",
            "a/b",
            "a/../../b",
            "./a",
            "a/",
            "..\u2215..\u2215etc",
            "a\0b",
            "a\n",
            "\na",
            "a\nEnabled = no",
            "a\r\n#@status: disabled",
            "a\r#@uuid: 014c5892-5efb-4efb-bd60-4e038800475d",
            "a\u0085Enabled = no",
            "a\u2028Enabled = no",
            "a\u000bEnabled = no\f",
            "a\n}\nJob {\n  Name = \"evil\"\n  Type = Admin\n  RunBeforeJob = \"reboot\"\n}\n#",
            "a\"\n  RunScript { RunsWhen = Before; Command = \"reboot\" }\n#",
            "a\n@|\"sh -c 'echo Job{Name=evil}'\"\n",
            "a\\\nEnabled = no",
            "a\\u000aEnabled = no",
            "a\\u000d\\u000a}",
            "a\\\\u000a",
            "a\\",
            "\\u0041",
            "\\u",
            "\\u12",
            "\\ud800",
            "\ud800",
            "\udc00",
            "\udc00\ud800",
            "a\ud83d",
            "\ufeffbom",
            "\u200binvisible\u200b",
            "\u202etxt.exe",
            "\u001b[31mred\u001b[0m",
            "\u001b[2J\u001b[H",
            "\u001b]0;title\u0007",
            "\u001b]52;c;cmVib290\u0007",
            "\u009b31mred",
            "\u009d0;title\u009c",
            "\u0007\b\b\bback",
            "over\rwritten",
            "\u007f",
            "日本語",
            "ﬀ",
            "e\u0301",
            "é",
            "K",
            "ſ",
            "Ⅷ",
            "０１２",
            "job",
            "fileset",
            "director.conf",
            ".bacula-openstack-sync.lock",
            ".bacula-openstack-sync.journal",
            ".job.tmp",
            "Base",
            "RestoreFiles",
            "backup-dc1-os1-",
            "fs-datacenter1-openstack1-",
            "web",
            "Web",
            "WEB",
            "web ",
            " web",
            "web 1",
            "web-1",
            "web-00000000",
            "web-014c5892",
            "CON",
            "nul",
            "null",
            "true",
            "yes",
            "no",
            "0",
            "server=x uuid=014c5892-5efb-4efb-bd60-4e038800475d",
            "x uuid=014c5892-5efb-4efb-bd60-4e038800475d backup=false",
            "x backup=false",
            "x tag=DefaultJob",
            "error=plugin not found",
            "]",
            "server: [",
            "quit",
            "DefaultJob",
            "DefaultJob ",
            "defaultjob",
            "NoSuchJobDefs",
            "DefaultJob\"\n  RunBeforeJob = \"reboot",
            "x".repeat(126),
            "x".repeat(127),
            "x".repeat(128),
            "x".repeat(255),
            "y".repeat(4999),
            "y".repeat(5000),
            "y".repeat(5001),
            "\"".repeat(5000),
            "日".repeat(2000),
            "\u0001".repeat(2000));
    private static final String SYNTAX = "\"'\\@#;{}=,|&$`()<>[]!*?~%^ \t/.:-_au0";
    private static final String LINE_ENDS = "\n\r\u000b\f\u0085\u2028\u2029";
    private static final String[] DIRECTIVES = {
        "Enabled = no",
        "#@status: disabled",
        "#@missing-since: 1999-01-01 00:00:00",
        "}",
        "}\nJob {\n  Name = \"evil\"",
        "@/dev/null",
        "@|\"reboot\"",
        "JobDefs = \"Nowhere\"",
        "Client = \"other\""
    };

    private final Random random;
    private final List<String> made = new ArrayList<>();

    private HostileText(long seed) {
        random = new Random(seed);
    }

    /** All that was picked by hand, and generated ones up to this number. */
    static List<String> texts(long seed, int count) {
        HostileText texts = new HostileText(seed);
        texts.made.addAll(PICKED);
        while (texts.made.size() < count) {
            texts.made.add(texts.next());
        }
        return texts.made;
    }

    private String next() {
        return switch (random.nextInt(12)) {
            case 0 -> codePoints(0x110000, 80);
            case 1 -> new String(bytes(60), StandardCharsets.ISO_8859_1);
            case 2 -> new String(bytes(60), StandardCharsets.UTF_8);
            case 3 -> codePoints(0x20, 20);
            case 4 -> of(SYNTAX, 40);
            case 5 -> of("\\u0dD8aA", 24);
            case 6 -> word() + LINE_ENDS.charAt(random.nextInt(LINE_ENDS.length())) + pick(DIRECTIVES);
            case 7 -> (word() + of(SYNTAX, 3)).repeat(1 + random.nextInt(300));
            case 8 -> "../".repeat(random.nextInt(6)) + word() + "/" + of("./a", 6);
            case 9 -> word() + "-%08x".formatted(random.nextInt());
            case 10 -> "\u001b[" + of("0123456789;?", 6) + of("mHJKABCDhlnr", 1) + word();
            default -> nearly(made.get(random.nextInt(made.size())));
        };
    }

    /** Another text that is easily taken for this one. */
    private String nearly(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int at = random.nextInt(text.length());
        return switch (random.nextInt(6)) {
            case 0 -> text;
            case 1 -> text.toUpperCase(Locale.ROOT);
            case 2 -> text.substring(0, at) + text.substring(at + 1);
            case 3 -> text + " ";
            case 4 -> text.substring(0, at) + "_" + text.substring(at + 1);
            default -> text + "-";
        };
    }

    private String codePoints(int below, int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(longest); i >= 0; i--) {
            // Half of them from the beginning, where the characters are that mean something.
            text.appendCodePoint(random.nextInt(random.nextBoolean() ? below : Math.min(below, 0x300)));
        }
        return text.toString();
    }

    private byte[] bytes(int longest) {
        byte[] bytes = new byte[1 + random.nextInt(longest)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String of(String characters, int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(longest); i >= 0; i--) {
            text.append(characters.charAt(random.nextInt(characters.length())));
        }
        return text.toString();
    }

    private String word() {
        return of("abcXYZ019", 12);
    }

    private String pick(String[] texts) {
        return texts[random.nextInt(texts.length)];
    }
}
