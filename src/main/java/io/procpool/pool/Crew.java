package io.procpool.pool;

import io.procpool.function.FunctionsFolder;
import io.procpool.runtime.Runtimes;
import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * What all pools share.
 *
 * @param threads platform threads that start and retire workers: a worker's owner sits in a selector, which holds its carrier
 */
record Crew(
        Runtimes runtimes,
        FunctionsFolder folder,
        Executor threads,
        PoolListener listener,
        WorkerRequests requests,
        Backlog backlog,
        Answers answers,
        Clock clock) {}
