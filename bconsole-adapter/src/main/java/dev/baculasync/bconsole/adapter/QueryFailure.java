package dev.baculasync.bconsole.adapter;

import java.util.List;
import java.util.Map;
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

    private QueryFailure() {}

    /** Whether a line is such a text, wherever it stands. */
    static boolean isKnown(String line) {
        return KNOWN.matcher(line).matches();
    }

    static String explain(String command, List<String> errors) {
        String said = Excerpt.of(errors);
        String advice = ADVICE.stream()
                .filter(entry -> errors.get(0).contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("run it in bconsole by hand and look at what it prints");
        return "\"" + command + "\" answered: " + said + " - " + advice;
    }
}
