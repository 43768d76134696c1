package io.procpool.store;

import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections that only read, for any thread; more than these would wait for the processor anyway. */
final class Readers {
    private static final int COUNT = 4;

    private final BlockingQueue<Sql> idle = new ArrayBlockingQueue<>(COUNT);

    private volatile boolean closed;

    interface Read<T extends @Nullable Object> {
        T from(Sql sql) throws SQLException;
    }

    Readers(Sqlite sqlite) throws SQLException {
        for (int i = 0; i < COUNT; i++) {
            idle.add(sqlite.openReader());
        }
    }

    <T extends @Nullable Object> T read(Read<T> read) throws SQLException {
        var sql = take();
        try {
            return read.from(sql);
        } catch (SQLException failure) {
            sql.forgetStatements();
            throw failure;
        } finally {
            idle.add(sql);
        }
    }

    /** Reads are short: an interrupt is for later. */
    private Sql take() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    var sql = idle.poll(1, TimeUnit.SECONDS);
                    if (sql != null) {
                        return sql;
                    }
                    if (closed) {
                        throw new IllegalStateException("The store is closed");
                    }
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns when nobody reads any more. */
    void close() throws SQLException {
        closed = true;
        for (int i = 0; i < COUNT; i++) {
            take().close();
        }
    }
}
