package io.procpool.job;

/**
 * A request that may be sent again and must not have its effect again.
 *
 * @param key what its repeat has too
 * @param fingerprint of all of it: a request with the same key and another fingerprint is another one
 */
public record Request(String key, String fingerprint) {}
