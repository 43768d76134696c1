package io.procpool.payload;

/**
 * How much a JSON body may hold.
 *
 * @param maxBytes longest body, in bytes
 * @param maxNesting most arrays and objects within each other; the body's own object counts as one
 */
public record Limits(int maxBytes, int maxNesting) {
    public static final Limits DEFAULT = new Limits(64 << 20, 500);

    public Limits {
        if (maxBytes < 1 || maxNesting < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive, were " + maxBytes + " bytes, nesting " + maxNesting);
        }
    }
}
