package dev.baculasync.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 text on its way to a log or a terminal, freed of what a terminal obeys. Whoever writes through it, a library
 * included, can neither colour nor rewrite what is on the screen. Line ends and tabs pass.
 */
final class SafeOutputStream extends FilterOutputStream {
    private static final int LONGEST_CHARACTER = 4;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private final byte[] lineStart;
    private boolean atLineStart = true;

    /** The beginning of a character whose other bytes come with the next write. */
    private byte[] begun = new byte[0];

    /**
     * @param lineStart written before each line as it is; empty, or what clears a line of a terminal
     */
    SafeOutputStream(OutputStream out, String lineStart) {
        super(out);
        this.lineStart = lineStart.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(begun.length + length)
                .put(begun)
                .put(bytes, offset, length)
                .flip();
        CharBuffer chars = CharBuffer.allocate(in.remaining() + LONGEST_CHARACTER);
        decoder.decode(in, chars, false);
        begun = new byte[in.remaining()];
        in.get(begun);
        String safe = SafeText.escape(chars.flip().toString(), "\n\t");
        if (safe.isEmpty()) {
            return;
        }
        if (atLineStart) {
            out.write(lineStart);
        }
        atLineStart = safe.endsWith("\n");
        out.write(safe.getBytes(StandardCharsets.UTF_8));
    }
}
