package io.procpool.web;

import io.procpool.job.ItemStream;
import io.procpool.payload.Items;
import io.procpool.problem.Failure;
import io.procpool.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One imap that answers while it is asked.
 *
 * <p>Threads: the request's thread {@link #run reads}, and one other, which it starts, {@link ImapAnswer writes}. Nobody else touches the request or the response. The
 * reader ends when the input does. If the stream ends before that, it reads on and drops what comes, so that a client that is still
 * sending can read its answer; the writer gives it a moment for that after the answer is written, then ends its input. The request is over when both have ended.
 */
final class ImapExchange {
    private static final Logger LOG = LoggerFactory.getLogger(ImapExchange.class);
    private static final long LINGER_MILLIS = 2_000;
    private static final int DROPPED_AT_ONCE = 16 * 1024;

    private final ItemStream stream;
    private final ImapRequest input;
    private final InputStream body;
    private final ImapAnswer answer;
    private final Connection connection;
    private boolean whole;
    private final CountDownLatch inputEnded = new CountDownLatch(1);

    ImapExchange(
            ItemStream stream,
            ImapRequest input,
            InputStream body,
            ImapAnswer answer,
            Connection connection) {
        this.stream = stream;
        this.input = input;
        this.body = body;
        this.answer = answer;
        this.connection = connection;
    }

    /** Returns when all is over. The headers must be on their way. */
    void run() {
        var writer = Thread.ofVirtual().name("imap-writer").start(this::write);
        try {
            read();
        } catch (RuntimeException | Error fault) {
            LOG.error("The input of stream {} broke", stream.job().id(), fault);
            stream.abandon();
        } finally {
            inputEnded.countDown();
            join(writer);
            if (!whole || !answer.whole()) {
                connection.closeAfter();
            }
        }
    }

    private void read() {
        try {
            if (offerAll()) {
                stream.end(null);
                whole = true;
                return;
            }
        } catch (Refused refused) {
            stream.end(new Failure.InputRefused(Problems.render(refused.problem()).detail()));
        } catch (IOException gone) {
            abandonIfOpen(gone);
            return;
        }
        drop();
    }

    /** False if the stream has ended before its input. */
    private boolean offerAll() throws IOException {
        for (var batch = next(); batch != null; batch = next()) {
            if (!offer(batch)) {
                return false;
            }
        }
        return true;
    }

    private boolean offer(Items batch) {
        try {
            return stream.offer(batch);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
            stream.abandon();
            return false;
        }
    }

    private @Nullable Items next() throws IOException {
        answer.inputAwaited();
        try {
            return input.next();
        } finally {
            answer.inputCame();
        }
    }

    /** The client is gone, or has broken off what it said it would send. */
    private void abandonIfOpen(IOException gone) {
        LOG.debug("The input of stream {} broke off", stream.job().id(), gone);
        if (stream.open()) {
            stream.abandon();
        }
    }

    private void drop() {
        var dropped = new byte[DROPPED_AT_ONCE];
        try {
            while (body.read(dropped) >= 0) {
                // nobody wants it any more
            }
        } catch (IOException ended) {
            LOG.debug("The input of stream {} ended", stream.job().id(), ended);
        }
    }

    private void write() {
        var written = false;
        try {
            written = answer.write();
        } catch (RuntimeException | Error fault) {
            LOG.error("The answer of stream {} broke", stream.job().id(), fault);
        } finally {
            if (!written) {
                stream.abandon();
            }
            endInput(written);
        }
    }

    private void endInput(boolean linger) {
        try {
            if (inputEnded.await(linger ? LINGER_MILLIS : 0, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        }
        connection.endInput();
    }

    private static void join(Thread writer) {
        var interrupted = false;
        while (true) {
            try {
                writer.join();
                break;
            } catch (InterruptedException shutdown) {
                interrupted = true; // the response is its as long as it runs
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
