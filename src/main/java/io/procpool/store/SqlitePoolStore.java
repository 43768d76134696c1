package io.procpool.store;

import io.procpool.pool.PoolState;
import io.procpool.pool.PoolStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Pools in the SQLite database. */
@Component
final class SqlitePoolStore implements PoolStore {
    private static final long WEIGHT = 4_096;

    private final Database database;

    SqlitePoolStore(Store store) {
        database = store.database();
    }

    @Override
    public String kind() {
        return "sqlite";
    }

    @Override
    public void put(StoredPool pool) {
        if (pool.state() == PoolState.RUN) {
            database.<Integer>add(transaction -> put(transaction, pool), WEIGHT);
        } else {
            // A pool must be ended also when the disk is full: it may be what fills it.
            database.<Integer>change(transaction -> put(transaction, pool));
        }
    }

    private static int put(Transaction transaction, StoredPool pool) throws SQLException {
        return transaction
                .of("INSERT OR REPLACE INTO pool (name, state, spec) VALUES (?, ?, ?)")
                .with(pool.name())
                .with(pool.state().name())
                .with(SpecJson.write(pool.spec()))
                .run();
    }

    @Override
    public Optional<StoredPool> find(String name) {
        return database.<Optional<StoredPool>>read(
                sql ->
                        sql.of("SELECT name, state, spec FROM pool WHERE name = ?")
                                .with(name)
                                .first(SqlitePoolStore::pool));
    }

    private static StoredPool pool(Row row) throws SQLException {
        var name = row.text();
        var state = PoolState.valueOf(row.text());
        return new StoredPool(name, SpecJson.read(row.text()), state);
    }

    @Override
    public boolean forget(String name) {
        return database.<Integer>change(
                        transaction ->
                                transaction.of("DELETE FROM pool WHERE name = ?").with(name).run())
                > 0;
    }

    @Override
    public List<StoredPool> all() {
        return database.<List<StoredPool>>read(
                sql ->
                        sql.of("SELECT name, state, spec FROM pool ORDER BY name")
                                .all(SqlitePoolStore::pool));
    }
}
