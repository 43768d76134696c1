package io.procpool.wire;

/**
 * @param maxHeader bytes of a header
 * @param maxBody bytes of a body
 */
public record FrameLimits(int maxHeader, int maxBody) {
    public static final int MAX_HEADER = 1 << 20;

    /** Of a hello, before anybody knows who says it. */
    public static final FrameLimits OF_HELLO = new FrameLimits(64 << 10, 0);

    public static FrameLimits ofBody(int maxBody) {
        return new FrameLimits(MAX_HEADER, maxBody);
    }
}
