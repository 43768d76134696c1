package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /**
     * Nothing if all of {@code body} is UTF-8 and begins with no byte order mark.
     *
     * @throws Refused with a sentence that says which encoding it seems to have, or where it breaks off
     */
    static void require(byte[] body) {
        if (body.length >= 3
                && body[0] == (byte) 0xEF
                && body[1] == (byte) 0xBB
                && body[2] == (byte) 0xBF) {
            throw new Refused(
                    new BadRequest(
                            "The body begins with a byte order mark; it must be UTF-8 without one."));
        }
        for (int at = 0; at < Math.min(body.length, 4); at++) {
            boolean mark = at < 2 && (body[at] == (byte) 0xFE || body[at] == (byte) 0xFF);
            if (body[at] == 0 || mark) {
                throw new Refused(
                        new BadRequest("The body looks like UTF-16 or UTF-32; it must be UTF-8."));
            }
        }
        int invalid = firstInvalid(body, 0, body.length);
        if (invalid >= 0) {
            throw Malformed.at(body, invalid, "The body is not valid UTF-8");
        }
    }

    /** The place of the first byte in {@code from} to {@code to} that begins no valid character, or -1. */
    static int firstInvalid(byte[] text, int from, int to) {
        int at = from;
        while (true) {
            at = pastAscii(text, at, to);
            if (at == to) {
                return -1;
            }
            int length = characterLength(text, at, to);
            if (length == 0) {
                return at;
            }
            at += length;
        }
    }

    private static int pastAscii(byte[] text, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES && ((long) LONGS.get(text, at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < to && text[at] >= 0) {
            at++;
        }
        return at;
    }

    /** The length in bytes of the character of several bytes at {@code at}, 0 if there is none. */
    private static int characterLength(byte[] text, int at, int to) {
        int lead = text[at] & 0xFF;
        int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || at + length > to) {
            return 0;
        }
        int second = text[at + 1] & 0xFF;
        // The second byte's range is where overlong forms, surrogates and too high code points show
        // (Unicode, table 3-7).
        int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((text[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** The UTF-8 bytes of {@code text}, lone surrogates as if they were characters: no two texts give the same bytes. */
    static byte[] withSurrogates(String text) {
        var bytes = new ByteArrayOutputStream(text.length() + 8);
        text.codePoints()
                .forEach(
                        character -> {
                            if (character < 0x80) {
                                bytes.write(character);
                                return;
                            }
                            int rest = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
                            bytes.write(
                                    ((0xFF00 >> (rest + 1)) & 0xFF) | (character >> (6 * rest)));
                            for (int i = rest - 1; i >= 0; i--) {
                                bytes.write(0x80 | ((character >> (6 * i)) & 0x3F));
                            }
                        });
        return bytes.toByteArray();
    }
}
