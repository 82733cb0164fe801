package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.InstanceTree;
import dev.baculasync.filestore.syntax.MessageText;
import dev.baculasync.filestore.syntax.QuotedText;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.VmEdit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every edit must obey before anything is written. The core keeps these rules as well; here is the last line of
 * defence, since one illegal name in one file makes the Director refuse everything.
 */
public final class EditRules {
    private EditRules() {}

    public static void check(VmEdit edit) {
        if (!InstanceTree.isInstanceName(edit.key().datacenter())
                || !InstanceTree.isInstanceName(edit.key().openstack())) {
            throw new EditRefused("its instance's place is not a safe name of a directory");
        }
        requireOneEntry(edit.slug());
        ManagedVm before = edit.before();
        ManagedVm after = edit.after();
        if (after == null) {
            return;
        }
        if (before == null) {
            requireOurOwn(after);
        }
        for (Directive directive : Directive.values()) {
            String value = directive.in(after.directives());
            if (value != null && (before == null || !value.equals(directive.in(before.directives())))) {
                requireLegal(value);
            }
        }
        FileSetFacts fileSet = after.fileSet();
        if (before == null || (before.fileSet() == null && fileSet != null)) {
            requireWhole(fileSet);
        } else if (after.proxyServer() != null && !after.proxyServer().equals(before.proxyServer())) {
            requireLegal(after.proxyServer());
        }
    }

    /** A name that leads to one entry of the instance's directory and nowhere else. */
    private static void requireOneEntry(String name) {
        if (name.isEmpty()
                || name.equals(".")
                || name.equals("..")
                || name.indexOf('/') >= 0
                || !QuotedText.isPrintable(name)) {
            throw new EditRefused("the slug is not a safe name of a directory");
        }
    }

    /** What others have named before may go on; what we name ourselves keeps our rule. */
    private static void requireOurOwn(ManagedVm vm) {
        String name = vm.slug();
        if (!BaculaName.isLegal(name) || name.startsWith(".") || name.startsWith("-") || name.indexOf(' ') >= 0) {
            throw new EditRefused("the slug is not a legal name");
        }
        FileSetFacts fileSet = vm.fileSet();
        if (fileSet != null && !Objects.equals(vm.directives().fileSet(), fileSet.name())) {
            throw new EditRefused("the Job's FileSet is not the one that comes with it");
        }
    }

    private static void requireWhole(@Nullable FileSetFacts fileSet) {
        if (fileSet == null
                || fileSet.name() == null
                || fileSet.proxyServer() == null
                || fileSet.instances().size() != 1) {
            throw new EditRefused("a new FileSet has a name, a proxy and one VM");
        }
        requireLegal(fileSet.name());
        requireLegal(fileSet.proxyServer());
        if (fileSet.dedup() != null) {
            requireLegal(fileSet.dedup());
        }
    }

    private static void requireLegal(String name) {
        BaculaName.problemOf(name).ifPresent(problem -> {
            throw new EditRefused(MessageText.quoted(name) + " " + problem);
        });
    }
}
