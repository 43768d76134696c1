package io.procpool.problem;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/** Why a request was not taken. A refused request has stored nothing. This file is the whole catalogue. */
public sealed interface Refusal extends Problem {

    /** 400: the body, a field, a header or a query parameter is not what the API takes; {@code detail} says which and why. */
    record BadRequest(String detail) implements Refusal {}

    /** 400: a known part of the API that this version does not have; it is never silently ignored. */
    record NotSupported(String what) implements Refusal {}

    /** 403: the Host, Origin or Sec-Fetch-Site header says that the request does not come from where it may come from. */
    record Forbidden(String detail) implements Refusal {}

    /** 404: no such path. */
    record PathUnknown(String path) implements Refusal {}

    /** 404: no such pool. */
    record PoolUnknown(String pool) implements Refusal {}

    /** 404: the pool has no worker with this id: it is gone, never was, or the id is none. */
    record WorkerUnknown(String pool, String id) implements Refusal {}

    /** 404: no result with this id, or the id is none. */
    record ResultUnknown(String id) implements Refusal {}

    /** 405: the path has other methods. */
    record MethodNotAllowed(String method, List<String> allowed) implements Refusal {}

    /** 406: the client takes no media type that the answer has. */
    record NotAcceptable(List<String> offered) implements Refusal {}

    /** 409: the pool is closed or terminated and takes no more work ("Pool not running" in CPython). */
    record PoolNotRunning(String pool, String state) implements Refusal {}

    /** 409: join needs close or terminate first ("Pool is still running" in CPython). */
    record PoolStillRunning(String pool) implements Refusal {}

    /** 409: this pool can't be deleted. */
    record PoolPermanent(String pool) implements Refusal {}

    /** 409: the job has no final outcome yet. */
    record NotReady(String id) implements Refusal {}

    /** 409: the values went to the client that had asked for them, line by line, and were not kept. */
    record Streamed(String id) implements Refusal {}

    /** 410: there was such a result; it was deleted, or dropped because its time was over. */
    record ResultGone(String id) implements Refusal {}

    /** 404: nothing with this id is in quarantine, or the id is none. */
    record QuarantineUnknown(String id) implements Refusal {}

    /** 422: the Idempotency-Key, or the id that the client has chosen, came before with another request. */
    record KeyReused(String key) implements Refusal {}

    /**
     * 400: of a batch that is to be taken whole or not at all some can't be taken.
     *
     * @param problems why, by the place in the batch
     */
    record BatchRefused(SortedMap<Integer, Problem> problems) implements Refusal {}

    /** 412: {@code If-Match} names another version. */
    record PreconditionFailed(String current) implements Refusal {}

    /** 413: the body is longer than {@code limit} bytes. */
    record BodyTooLarge(long limit) implements Refusal {}

    /** 415: the body has another media type than the one {@code wanted}. */
    record WrongMediaType(String got, String wanted) implements Refusal {}

    /** 500: Procpool's own fault. */
    record Internal(String reference) implements Refusal {}

    /** 503: as many calls wait in the pool's queue as its {@code queue_limit} allows. */
    record QueueFull(String pool, int limit, Duration retryAfter) implements Refusal {}

    /** 503: the pool could not start a worker within {@code start_timeout}. */
    record PoolDegraded(String pool, String cause, Duration retryAfter) implements Refusal {}

    /** 503: the bodies in flight have used up their share of the memory ({@code limit} bytes). */
    record Overloaded(long limit, Duration retryAfter) implements Refusal {}

    /** 503: the store has failed; the service is about to end. */
    record StoreFailed(Duration retryAfter) implements Refusal {}

    /** 507: the store has no room for more; {@code detail} says which: the disk, or its own limit. */
    record StoreFull(String detail, Duration retryAfter) implements Refusal {}

    /** 503: the service is shutting down. */
    record Draining(Duration retryAfter) implements Refusal {}
}
