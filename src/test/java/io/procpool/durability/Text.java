package io.procpool.durability;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Values as they are kept in a history: long ones by their hash. */
final class Text {
    private static final int LONGEST = 200;

    private Text() {}

    /** The text itself, or what stands for it. */
    static String kept(String text) {
        return text.length() <= LONGEST ? text : "sha256:" + hash(text);
    }

    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
