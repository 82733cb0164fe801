package dev.baculasync.filestore.vm;

/** An edit that cannot be carried out on what is there; nothing was written. */
public final class EditRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EditRefused(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
