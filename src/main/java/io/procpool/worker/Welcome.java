package io.procpool.worker;

import io.procpool.wire.Header;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the service says at the beginning, {@code docs/protocol.md}.
 *
 * @param maxBody bytes of a body
 * @param maxNesting levels of arrays and objects of a value
 * @param threads whether several workers share this JVM; otherwise there will be one
 * @param folders the functions folders
 * @param allow patterns of further functions
 * @param skip classes that must not be loaded, with the reason
 * @param socket of the service, if it is another than the one that was connected to
 */
record Welcome(
        int maxBody,
        int maxNesting,
        boolean threads,
        List<Path> folders,
        List<String> allow,
        Map<String, String> skip,
        @Nullable Path socket) {
    private static final int DEFAULT_MAX_BODY = 64 << 20;
    private static final int DEFAULT_MAX_NESTING = 500;

    static Welcome of(Header header) {
        var functions = header.object("functions");
        var socket = header.string("socket");
        var skip = header.object("skip");
        var reasons = new LinkedHashMap<String, String>();
        for (var name : skip.names()) {
            reasons.put(name, skip.string(name, "skipped"));
        }
        return new Welcome(
                (int) header.number("max_body", DEFAULT_MAX_BODY),
                (int) header.number("max_nesting", DEFAULT_MAX_NESTING),
                header.string("kind", "process").equals("thread"),
                functions.strings("path").stream().map(Path::of).toList(),
                functions.strings("allow"),
                reasons,
                socket == null ? null : Path.of(socket));
    }
}
