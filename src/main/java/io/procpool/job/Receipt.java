package io.procpool.job;

/**
 * What has become of a submission that is accepted for good.
 *
 * @param replayed whether it was accepted before, by the same request
 */
public record Receipt(JobRecord record, boolean replayed) {}
