package dev.baculasync.filestore.syntax;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What somebody has to say about the configuration, such as {@code … of file /base/dc/os/web/job}. */
public final class CheckMessage {
    private static final Pattern QUOTED = Pattern.compile("\"([^\"\n]*)\"");

    private final String text;
    private final Set<String> quoted = new HashSet<>();

    public CheckMessage(String text) {
        this.text = text;
        Matcher matcher = QUOTED.matcher(text);
        // One quotation mark may end a name and begin the next for all we know.
        for (int from = 0; matcher.find(from); from = matcher.end() - 1) {
            quoted.add(matcher.group(1));
        }
    }

    /** Whether it names this file, and not merely one whose path begins or ends like it. */
    public boolean namesFile(String path) {
        for (int i = text.indexOf(path); i >= 0; i = text.indexOf(path, i + 1)) {
            if (!goesOnBefore(i) && !goesOnAfter(i + path.length())) {
                return true;
            }
        }
        return false;
    }

    private boolean goesOnBefore(int start) {
        return start > 0 && isOfName(text.charAt(start - 1));
    }

    private boolean goesOnAfter(int end) {
        if (end == text.length()) {
            return false;
        }
        char next = text.charAt(end);
        // A full stop may end the sentence.
        boolean extension = next == '.' && end + 1 < text.length() && isOfName(text.charAt(end + 1));
        return extension || (next != '.' && isOfName(next));
    }

    private static boolean isOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == '/';
    }

    /** Whether it has this in quotation marks. */
    public boolean quotes(String name) {
        return quoted.contains(name);
    }
}
