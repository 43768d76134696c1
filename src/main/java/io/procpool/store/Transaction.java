package io.procpool.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the writer has open: its connection, and the files that nobody needs once it is committed. */
final class Transaction {
    private final Sql sql;
    private final List<String> unneeded = new ArrayList<>();

    Transaction(Sql sql) {
        this.sql = sql;
    }

    Statement of(String text) throws SQLException {
        return sql.of(text);
    }

    /** For what is read in between. */
    Sql sql() {
        return sql;
    }

    /** @param file null: there is none */
    void discard(@Nullable String file) {
        if (file != null && !file.isEmpty()) {
            unneeded.add(file);
        }
    }

    List<String> unneeded() {
        return unneeded;
    }
}
