package io.procpool.store;

import io.procpool.payload.InFlight;
import io.procpool.payload.Payload;
import io.procpool.problem.Refusal.Draining;
import io.procpool.problem.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The value of a result that has a file of its own, which may be gone when it is wanted. Who reads it holds the file open meanwhile, and no memory but a piece.
 *
 * @param gone what is thrown if the file is not there any more
 */
record FiledValue(
        Database database, String name, int size, InFlight memory, Supplier<RuntimeException> gone)
        implements Payload.Stored {
    private static final int PIECE = 64 << 10;
    private static final Duration SOON = Duration.ofSeconds(1);

    @Override
    public InFlight.Hold hold() {
        return memory.hold();
    }

    @Override
    public void writeTo(OutputStream out, int from, int to) throws IOException {
        try (var channel = open()) {
            var piece = ByteBuffer.allocate(Math.min(PIECE, to - from));
            for (int at = from; at < to; at += piece.position()) {
                piece.clear().limit(Math.min(piece.capacity(), to - at));
                read(channel, piece, at);
                out.write(piece.array(), 0, piece.position());
            }
        }
    }

    private FileChannel open() {
        try {
            return database.values().open(name);
        } catch (NoSuchFileException lost) {
            throw gone.get();
        } catch (IOException failure) { // too many are open, for example
            throw new IllegalStateException("The value " + name + " can't be opened", failure);
        }
    }

    private void read(FileChannel channel, ByteBuffer piece, int at) {
        int read;
        try {
            read = channel.read(piece, at);
        } catch (ClosedByInterruptException interrupted) {
            throw new Refused(new Draining(SOON));
        } catch (IOException failure) {
            throw database.failed(failure);
        }
        if (read <= 0) {
            throw new IllegalStateException("The value " + name + " is shorter than it was");
        }
    }
}
