package io.procpool.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a failed write means. */
enum Trouble {
    /** There is no room on the disk: it can be tried again when there is. */
    FULL,
    /** Somebody else writes at the moment: it can be tried again. */
    BUSY,
    /** It is the operation's own fault: the others are not concerned. */
    OWN,
    /** The disk has failed, or what is on it is broken: nothing can be promised any more. A failed fsync is never tried again: the pages count as clean after it. */
    LOST;

    private static final int PRIMARY = 0xFF;

    static Trouble of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return of(sqlite.getResultCode());
            }
            if (cause instanceof IOException file) {
                return isNoRoom(file) ? FULL : LOST;
            }
        }
        return failure instanceof SQLException ? LOST : OWN;
    }

    private static Trouble of(SQLiteErrorCode code) {
        return switch (SQLiteErrorCode.getErrorCode(code.code & PRIMARY)) {
            case SQLITE_FULL -> FULL;
            case SQLITE_BUSY, SQLITE_LOCKED -> BUSY;
            case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_TOOBIG, SQLITE_ERROR ->
                    OWN;
            default -> LOST;
        };
    }

    /** The JDK has no type for it: the text is that of strerror(3). */
    private static boolean isNoRoom(IOException failure) {
        var text =
                failure instanceof FileSystemException file
                        ? file.getReason()
                        : failure.getMessage();
        return has(text, "No space left") || has(text, "quota exceeded");
    }

    private static boolean has(@Nullable String text, String part) {
        return text != null && text.contains(part);
    }
}
