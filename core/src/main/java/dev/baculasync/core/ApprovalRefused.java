package dev.baculasync.core;

import java.util.List;

/** A run was given an approval that approves nothing; nothing was done. */
public final class ApprovalRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ApprovalRefused(List<String> objections) {
        super(String.join("; ", objections));
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
