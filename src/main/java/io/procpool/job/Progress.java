package io.procpool.job;

import org.jspecify.annotations.Nullable;

/**
 * What a function has said last of how far it is.
 *
 * @param total null: it did not say
 * @param note null: none
 */
public record Progress(double done, @Nullable Double total, @Nullable String note) {}
