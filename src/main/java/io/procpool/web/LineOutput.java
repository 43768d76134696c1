package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/** Gathers what is written to a client, so that a line costs no call. Nothing is on its way before it is flushed, or much has come together. Not thread safe. */
final class LineOutput extends OutputStream {
    private static final int LENGTH = 32 * 1024;
    private static final int LONGEST_NUMBER = 19;

    private final OutputStream out;
    private final byte[] buffer = new byte[LENGTH];
    private int length;
    private boolean unflushed;

    LineOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
        reserve(1);
        buffer[length++] = (byte) value;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        if (count > LENGTH) {
            send();
            out.write(bytes, from, count);
            unflushed = true;
            return;
        }
        reserve(count);
        System.arraycopy(bytes, from, buffer, length, count);
        length += count;
    }

    void text(String text) throws IOException {
        write(text.getBytes(UTF_8));
    }

    /** A number that is not negative, in decimal. */
    void number(long number) throws IOException {
        reserve(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int place = length + digits - 1; place >= length; place--) {
            buffer[place] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    private void reserve(int count) throws IOException {
        if (length + count > LENGTH) {
            send();
        }
    }

    private void send() throws IOException {
        if (length > 0) {
            out.write(buffer, 0, length);
            length = 0;
            unflushed = true;
        }
    }

    /** Sends all of it to the client. */
    @Override
    public void flush() throws IOException {
        send();
        if (unflushed) {
            out.flush();
            unflushed = false;
        }
    }
}
