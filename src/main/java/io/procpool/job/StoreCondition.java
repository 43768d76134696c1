package io.procpool.job;

import java.util.Optional;

/** How the store is. */
public interface StoreCondition {
    /** What it is, in a word: {@code sqlite}. */
    String kind();

    /** Whether a 202 survives a power cut: what is written is on the disk before it is told. */
    boolean durable();

    /** What is wrong with it for good; the service can't go on. */
    Optional<String> failure();

    /** Why it takes nothing new for now; what is accepted goes on. */
    Optional<String> full();

    /** What the check after an unclean stop has found: {@code not needed}, {@code running}, {@code ok}, or what is wrong. */
    String check();
}
