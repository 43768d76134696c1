package io.procpool.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** Reads what a worker prints, without ever waiting for it, and keeps the end. For the worker's owner only. */
final class OutputDrain {
    /** More than a socket buffers, less than a flood: who writes without end must not keep the owner from its deadline. */
    private static final int AT_ONCE = 4 << 20;

    private final OutputTail tail;
    private final ByteBuffer scratch = ByteBuffer.allocate(64 * 1024);
    private @Nullable Connection output;

    /**
     * @param output null: the worker has none
     * @param limit how many bytes are kept
     */
    OutputDrain(@Nullable Connection output, int limit) {
        this.output = output;
        this.tail = new OutputTail(limit);
        if (output != null) {
            tail.add(output.reader().leftover());
        }
    }

    void register(Selector selector) throws IOException {
        if (output != null) {
            output.channel().configureBlocking(false);
            output.channel().register(selector, SelectionKey.OP_READ);
        }
    }

    OutputTail tail() {
        return tail;
    }

    void drain() {
        try {
            for (int drained = 0; output != null && drained < AT_ONCE; ) {
                int count = output.channel().read(scratch.clear());
                if (count > 0) {
                    drained += count;
                    tail.add(scratch.flip());
                } else if (count < 0) {
                    close();
                } else {
                    return;
                }
            }
        } catch (IOException reset) {
            close();
        }
    }

    void close() {
        if (output != null) {
            output.close();
            output = null;
        }
    }
}
