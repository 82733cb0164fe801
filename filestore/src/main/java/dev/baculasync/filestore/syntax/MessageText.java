package dev.baculasync.filestore.syntax;

import dev.baculasync.spi.VmKey;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How what others have chosen is written in a message: no name may end its line, or hide in it. */
public final class MessageText {
    private static final int MOST_NAMED = 5;

    private MessageText() {}

    /** A text as part of a line. */
    public static String of(String text) {
        return HeaderText.escape(text);
    }

    /** A name in quotes. */
    public static String quoted(String name) {
        return "\"" + of(name) + "\"";
    }

    /** A VM by the directories that lead to it. */
    public static String of(VmKey vm) {
        return vm.datacenter() + "/" + vm.openstack() + "/" + of(vm.slug());
    }

    /** The first of some names. */
    public static String some(Collection<String> names) {
        return first(names, MessageText::of);
    }

    /** How many VMs, and the first of them. */
    public static String vms(Collection<VmKey> vms) {
        return (vms.size() == 1 ? "1 VM" : vms.size() + " VMs") + " (" + first(vms, MessageText::of) + ")";
    }

    private static <T> String first(Collection<T> all, Function<T, String> text) {
        return all.stream()
                .limit(MOST_NAMED)
                .map(text)
                .collect(Collectors.joining(", ", "", all.size() > MOST_NAMED ? ", …" : ""));
    }
}
