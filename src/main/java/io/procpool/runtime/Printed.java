package io.procpool.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process writes to its stdout and stderr: it goes to the log, and the end of it is kept for whoever wants to know why the
 * process ended.
 *
 * <p>Threads: one platform thread reads (a blocked read of a pipe would hold a virtual one's carrier) until all who hold the pipe's
 * other end have ended. {@code tailLock} guards the end of the output.
 */
final class Printed {
    private static final Logger LOG = LoggerFactory.getLogger(Printed.class);
    private static final int KEPT = 2_000;
    private static final Duration END_WITHIN = Duration.ofMillis(500);

    private final Process process;
    private final OutputLog log;
    private final OutputTail tail = new OutputTail(KEPT);
    private final ReentrantLock tailLock = new ReentrantLock();
    private final Thread reader;

    Printed(Process process, OutputLog log) {
        this.process = process;
        this.log = log;
        this.reader =
                Thread.ofPlatform().daemon().name("printed-" + process.pid()).start(this::read);
    }

    private void read() {
        var piece = new byte[8192];
        try (var output = process.getInputStream()) {
            for (int count = output.read(piece); count >= 0; count = output.read(piece)) {
                keep(ByteBuffer.wrap(piece, 0, count));
                log.add(ByteBuffer.wrap(piece, 0, count));
            }
        } catch (IOException closed) {
            LOG.debug("The output of process {} can't be read", process.pid(), closed);
        }
    }

    private void keep(ByteBuffer bytes) {
        tailLock.lock();
        try {
            tail.add(bytes);
        } finally {
            tailLock.unlock();
        }
    }

    /** The end of it; if the process has ended, up to its last word. */
    String lastWords() {
        try {
            if (!process.isAlive()) {
                var _ = reader.join(END_WITHIN);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        tailLock.lock();
        try {
            return tail.text();
        } finally {
            tailLock.unlock();
        }
    }
}
