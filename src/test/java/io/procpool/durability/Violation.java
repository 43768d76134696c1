package io.procpool.durability;

/**
 * Something that must not be.
 *
 * @param example as little as shows it
 */
record Violation(Rule rule, String example) {
    @Override
    public String toString() {
        return rule + ": " + example;
    }
}
