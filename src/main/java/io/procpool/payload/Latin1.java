package io.procpool.payload;

import java.io.Reader;

/**
 * Bytes as one character each, for the parser: its character offsets then are byte offsets. Its own byte parser would
 * give these too, but only together with a table of all names it has seen, which hostile names make grow or refuse. All
 * JSON syntax is ASCII, and that the other bytes are UTF-8 has been checked before.
 */
final class Latin1 extends Reader {
    private final byte[] bytes;
    private final int to;
    private int at;

    Latin1(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.to = to;
    }

    @Override
    public int read(char[] chars, int offset, int length) {
        if (at == to) {
            return -1;
        }
        int count = Math.min(length, to - at);
        for (int i = 0; i < count; i++) {
            chars[offset + i] = (char) (bytes[at + i] & 0xFF);
        }
        at += count;
        return count;
    }

    @Override
    public void close() {}
}
