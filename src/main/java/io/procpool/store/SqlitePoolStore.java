package io.procpool.store;

import io.procpool.pool.PoolState;
import io.procpool.pool.PoolStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Pools in SQLite. */
final class SqlitePoolStore implements PoolStore {
    private static final String ALL = "SELECT name, spec, state FROM pools";

    private final Sqlite sqlite;

    SqlitePoolStore(Sqlite sqlite) {
        this.sqlite = sqlite;
    }

    @Override
    public String kind() {
        return sqlite.kind();
    }

    @Override
    public void put(StoredPool pool) {
        var spec = Specs.write(pool.spec());
        sqlite.write(
                spec.length(),
                session ->
                        session.update(
                                """
                                INSERT INTO pools (name, spec, state) VALUES (?, ?, ?)
                                ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, state = excluded.state
                                """,
                                pool.name(),
                                spec,
                                pool.state().name()));
    }

    @Override
    public Optional<StoredPool> find(String name) {
        return sqlite.readers()
                .read(session -> session.first(ALL + " WHERE name = ?", this::pool, name));
    }

    private StoredPool pool(Session.Row row) throws SQLException {
        return new StoredPool(
                row.text("name"),
                Specs.read(row.text("spec")),
                PoolState.valueOf(row.text("state")));
    }

    @Override
    public boolean forget(String name) {
        return sqlite.writeOwed(session -> session.update("DELETE FROM pools WHERE name = ?", name))
                == 1;
    }

    @Override
    public List<StoredPool> all() {
        return sqlite.readers().read(session -> session.list(ALL + " ORDER BY name", this::pool));
    }
}
