package io.procpool.durability;

/** What the chance of a test comes from: {@code -Ddurability.seed=…} for the same again. */
final class Seed {
    static final boolean DEEP = Boolean.getBoolean("procpool.deep");

    private Seed() {}

    /** Says which it is, so that a failure can be tried again. */
    static long of(String test) {
        long seed = Long.getLong("durability.seed", System.nanoTime());
        System.out.println(test + ": -Ddurability.seed=" + seed);
        return seed;
    }
}
