package dev.baculasync.bconsole.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What to do about the error texts that {@code .query} is known to answer; its exit status is 0 with all of them. */
final class QueryFailure {
    /** In the order in which they are looked for; the first that fits is told. */
    private static final List<Map.Entry<String, String>> ADVICE = List.of(
            Map.entry(
                    "is an invalid command",
                    "Directors before 11.0 have no .query, or the CommandACL of the Console in BCONSOLE_CONF lacks it"),
            Map.entry("No authorization for Client", "add the client to the ClientACL of the Console in BCONSOLE_CONF"),
            Map.entry("not found.", "check the client's name in clients.conf against the Director's Client resources"),
            Map.entry("plugin not found", "install the OpenStack plugin on the client"),
            Map.entry("Malformed plugin command", "install the OpenStack plugin on the client, or check proxy_server"),
            Map.entry("plugin protocol error", "look at the plugin's log on the client"),
            Map.entry("[DE0064]", "check the client's password and TLS settings"),
            Map.entry("[DE0065]", "check the client's password and TLS settings"),
            Map.entry("onnect", "check that the client's File Daemon runs and can be reached from the Director"),
            Map.entry("2992 ", "update the client's File Daemon"));

    /** How they begin, or what they hold: nothing that a plugin prints within a list. */
    private static final Pattern KNOWN = Pattern.compile(
            "(?i:err|error|errmsg)=.*"
                    + "|\\[[A-Z]{2}[0-9]{4}\\].*"
                    + "|[0-9]{4} .*"
                    + "|.*(?: is an invalid command|Malformed plugin command|(?:Failed|Unable) to connect to Client).*",
            Pattern.DOTALL);

    /** Those that the Director or a File Daemon prints word for word, with what comes next if no line end comes between. */
    private static final Pattern EXACT = Pattern.compile("error=(?:plugin protocol error|plugin not found"
            + "|Failed to connect to Client\\.?|Client \"[^\"]{0,127}\" not found\\.|Client name missing\\."
            + "|No authorization for Client \"[^\"]{0,127}\"|parameter missing\\.)"
            + "(?=$|error=|server=|uuid=|tag=|backup=)");

    /** The codes of 15.0, and what is said before it. */
    private static final Pattern NO_CONNECTION =
            Pattern.compile("\\[DE00(?:29|31|64|65|67|71)\\]|(?:Failed|Unable) to connect to Client");

    private static final String START = "error=";
    private static final String ABOUT_CLIENT = "error=Client ";

    private QueryFailure() {}

    /** Where in what would be an attribute or a tag such a text starts that is beyond doubt; -1 where none does. */
    static int exactlyIn(String line, int from, int to) {
        if (line.startsWith(ABOUT_CLIENT, from)) {
            return from;
        }
        String text = line.substring(from, to);
        for (int at = text.indexOf(START); at >= 0; at = text.indexOf(START, at + 1)) {
            if (EXACT.matcher(line).region(from + at, line.length()).lookingAt()) {
                return from + at;
            }
        }
        return -1;
    }

    /** Whether a line says that the Director cannot connect to the File Daemon; the next attempt would take as long. */
    static boolean saysNoConnection(String line) {
        return NO_CONNECTION.matcher(line).find();
    }

    /** Whether a line is such a text, wherever it stands. */
    static boolean isKnown(String line) {
        return KNOWN.matcher(line).matches();
    }

    /** What to do about such a text, where that is known. */
    static Optional<String> advice(String line) {
        return ADVICE.stream()
                .filter(entry -> line.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    static String explain(String command, List<String> errors) {
        String advice = advice(errors.get(0)).orElse("run it in bconsole by hand and look at what it prints");
        return "\"" + command + "\" answered: " + Excerpt.of(errors) + " - " + advice;
    }
}
