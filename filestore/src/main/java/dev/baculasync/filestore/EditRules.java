package dev.baculasync.filestore;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.FileSetSpec;
import dev.baculasync.spi.JobSpec;
import java.util.List;

/**
 * What every edit must obey before anything is written. The core keeps these rules as well; here is the last line of
 * defence, since one illegal name in one file makes the Director refuse everything.
 */
final class EditRules {
    private EditRules() {}

    static void check(ConfigEdit edit) {
        requireOneEntry(edit.slug());
        if (edit instanceof ConfigEdit.Create create) {
            check(create);
        } else if (edit instanceof ConfigEdit.Change change) {
            if (change.jobDefs() != null) {
                requireLegal(change.jobDefs());
            }
            if (change.client() != null) {
                requireLegal(change.client());
            }
            if (change.proxyServer() != null) {
                requireLegal(change.proxyServer());
            }
            if (change.missingFileSet() != null) {
                check(change.missingFileSet());
            }
        }
    }

    static boolean isPrintable(String name) {
        return name.chars().allMatch(c -> c >= ' ' && c < 0x7F);
    }

    /** A name that leads to one entry of the instance's directory and nowhere else. */
    private static void requireOneEntry(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || !isPrintable(name)) {
            throw new EditRefused("the slug is not a safe name of a directory");
        }
    }

    private static void check(ConfigEdit.Create create) {
        // What others have named before may go on; what we name ourselves keeps our rule.
        String name = create.slug();
        if (!BaculaName.isLegal(name) || name.startsWith(".") || name.startsWith("-") || name.indexOf(' ') >= 0) {
            throw new EditRefused("the slug is not a legal name");
        }
        JobSpec job = create.job();
        for (String resource : List.of(
                job.name(),
                job.jobDefs(),
                job.client(),
                job.fileSet(),
                job.storage(),
                job.pool(),
                job.schedule(),
                job.messages())) {
            requireLegal(resource);
        }
        check(create.fileSet());
        if (!job.fileSet().equals(create.fileSet().name())) {
            throw new EditRefused("the Job's FileSet is not the one that comes with it");
        }
    }

    private static void check(FileSetSpec spec) {
        requireLegal(spec.name());
        requireLegal(spec.proxyServer());
        if (spec.dedup() != null) {
            requireLegal(spec.dedup());
        }
    }

    private static void requireLegal(String name) {
        BaculaName.problemOf(name).ifPresent(problem -> {
            throw new EditRefused("\"" + HeaderText.escape(name) + "\" " + problem);
        });
    }
}
