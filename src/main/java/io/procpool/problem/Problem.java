package io.procpool.problem;

/**
 * What went wrong, as a value: either a {@link Refusal} (the request was not taken) or a {@link Failure} (a job was taken and
 * did not succeed). Rendered as RFC 9457 problem details in one place, {@code web.ProblemHandler}; {@code docs/problems.md} is
 * its list for users.
 */
public sealed interface Problem permits Refusal, Failure {}
