package io.procpool.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;

/** The head of an answer that comes bit by bit. */
final class StreamHeaders {
    private StreamHeaders() {}

    /** Sends it: the client knows that it is heard before there is anything to say. */
    static void send(HttpServletResponse response, StreamFormat format, UUID result)
            throws IOException {
        response.setHeader("Procpool-Result", result.toString());
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // a proxy is not to wait for the whole
        response.setContentType(format.contentType());
        response.flushBuffer();
    }
}
