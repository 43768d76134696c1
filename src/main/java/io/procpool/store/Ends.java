package io.procpool.store;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Tells of the ends of writes. Whoever stands and waits for one is told at once; stages complete on one thread, {@code store-done}, in the order of the calls. Not on the writer's: what
 * follows a stage may take long, and may write.
 */
final class Ends {
    private final LinkedBlockingQueue<Runnable> news = new LinkedBlockingQueue<>();
    private final Thread thread =
            Thread.ofPlatform().name("store-done").daemon().unstarted(this::run);
    private volatile boolean closed;

    void start() {
        thread.start();
    }

    void tell(List<Write<?>> writes, Consumer<Write<?>> end) {
        var later = writes.stream().filter(write -> !write.awaited()).toList();
        if (!later.isEmpty()) {
            news.add(() -> later.forEach(end));
        }
        writes.stream().filter(Write::awaited).forEach(end);
    }

    /** Whether this is the thread that others wait for. */
    boolean isHere() {
        return Thread.currentThread().equals(thread);
    }

    private void run() {
        try {
            while (!closed || !news.isEmpty()) {
                news.take().run();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when all have been told; may be called by the thread itself, which goes on then. */
    void close() throws InterruptedException {
        news.add(() -> closed = true);
        if (!isHere()) {
            thread.join();
        }
    }
}
