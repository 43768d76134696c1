package io.procpool.store;

import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Connections that only read, lent one at a time. They see what is committed, and hold nobody up. */
final class Readers implements AutoCloseable {
    private static final int COUNT = 4;

    /** Reads. */
    interface Reading<T> {
        T on(Session session) throws SQLException;
    }

    private final BlockingQueue<Session> idle = new ArrayBlockingQueue<>(COUNT);

    Readers(Database database) throws SQLException {
        for (int n = 0; n < COUNT; n++) {
            idle.add(database.session(true));
        }
    }

    <T> T read(Reading<T> reading) {
        var session = take();
        try {
            return reading.on(session);
        } catch (SQLException failure) {
            throw new IllegalStateException("The store can't be read", failure);
        } finally {
            idle.add(session);
        }
    }

    private Session take() {
        try {
            return idle.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The service ends", interrupted);
        }
    }

    /** Waits for those that are lent. */
    @Override
    public void close() throws SQLException {
        for (int n = 0; n < COUNT; n++) {
            take().close();
        }
    }
}
