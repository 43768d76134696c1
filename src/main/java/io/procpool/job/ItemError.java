package io.procpool.job;

import io.procpool.problem.Failure;

/** With {@code errors: collect}: which item of the iterable failed, and how. */
public record ItemError(int index, Failure problem) {}
