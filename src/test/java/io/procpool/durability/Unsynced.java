package io.procpool.durability;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens the store like any other, and then turns syncing off in all of its connections: the product has no switch for that, so they are looked for. */
final class Unsynced implements Interposer {
    private static final String STORE = "io.procpool.store.";
    private static final String OFF = "0";
    private static final Duration LONGEST = Duration.ofSeconds(30); // a ceiling

    @Override
    public @Nullable Object called(Call call) throws Throwable {
        return call.proceed();
    }

    /** @param store any object of the store's */
    static void turnOff(Object store) {
        var connections = connections(store);
        if (connections.isEmpty()) {
            throw new IllegalStateException("No connection is to be found in " + store);
        }
        connections.forEach(Unsynced::turnOff);
    }

    /** Not within a transaction: there it has no effect. */
    private static void turnOff(Connection connection) {
        try (var statement = connection.createStatement()) {
            long deadline = System.nanoTime() + LONGEST.toNanos();
            String now = null;
            while (!OFF.equals(now)) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("synchronous is still " + now);
                }
                statement.execute("PRAGMA synchronous = OFF");
                try (var row = statement.executeQuery("PRAGMA synchronous")) {
                    now = row.getString(1);
                }
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** All that can be reached through fields of the store's classes. */
    private static List<Connection> connections(Object store) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var found = new ArrayList<Connection>();
        var left = new ArrayDeque<Object>(List.of(store));
        while (!left.isEmpty()) {
            var next = left.remove();
            if (next instanceof Connection connection) {
                found.add(connection);
            } else if (seen.add(next) && next.getClass().getName().startsWith(STORE)) {
                fields(next).forEach(left::add);
            }
        }
        return found;
    }

    private static Stream<Object> fields(Object owner) {
        return Arrays.stream(owner.getClass().getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .flatMap(field -> Stream.ofNullable(value(field, owner)));
    }

    private static @Nullable Object value(Field field, Object owner) {
        try {
            field.setAccessible(true);
            return field.get(owner);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
