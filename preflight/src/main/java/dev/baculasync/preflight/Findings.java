package dev.baculasync.preflight;

import dev.baculasync.preflight.Finding.Status;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.util.ArrayList;
import java.util.List;

/** Collects what one section finds. */
final class Findings {
    private final String section;
    private final List<Finding> found = new ArrayList<>();

    Findings(String section) {
        this.section = section;
    }

    void ok(String check, String what) {
        found.add(new Finding(section, check, Status.OK, what, ""));
    }

    void warn(String check, String what, String advice) {
        found.add(new Finding(section, check, Status.WARN, what, advice));
    }

    void fail(String check, String what, String advice) {
        found.add(new Finding(section, check, Status.FAIL, what, advice));
    }

    /**
     * A check that could not be carried out, or that a provider says has failed.
     *
     * @throws ProviderException when the thread was interrupted: then nothing more is to be found
     */
    void fail(String check, ProviderException failure, String advice) {
        if (failure.code() == Code.INTERRUPTED) {
            throw failure;
        }
        fail(check, failure.getMessage(), advice);
    }

    List<Finding> list() {
        return List.copyOf(found);
    }
}
