package io.procpool.web;

import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.Draining;
import io.procpool.problem.Refusal.Internal;
import io.procpool.problem.Refusal.MethodNotAllowed;
import io.procpool.problem.Refusal.NotAcceptable;
import io.procpool.problem.Refusal.PathUnknown;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Everything that is thrown on the way of a request ends here, as {@code application/problem+json}. */
@RestControllerAdvice
final class ProblemHandler {
    static final String TYPE = "application/problem+json";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    /** If an answer is on its way already it breaks off, and its client sees that. */
    static void send(HttpServletResponse response, Problem problem) throws IOException {
        if (response.isCommitted()) {
            LOG.debug("An answer broke off: {}", problem);
            Connection.current().breakOff();
            return;
        }
        response.resetBuffer();
        var rendered = Problems.render(problem);
        if (rendered.retryAfter() != null) {
            long seconds = Math.max(1, (rendered.retryAfter().toMillis() + 999) / 1000);
            response.setHeader("Retry-After", Long.toString(seconds));
        }
        if (!rendered.allowed().isEmpty()) {
            response.setHeader("Allow", String.join(", ", rendered.allowed()));
        }
        Json.send(response, rendered.status(), TYPE, Json.bytes(rendered.body()));
    }

    @ExceptionHandler
    void refused(Refused refused, HttpServletResponse response) throws IOException {
        send(response, refused.problem());
    }

    @ExceptionHandler
    void noPath(
            NoResourceFoundException unknown,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        send(response, new PathUnknown(request.getRequestURI()));
    }

    @ExceptionHandler
    void noMethod(HttpRequestMethodNotSupportedException wrong, HttpServletResponse response)
            throws IOException {
        var allowed = wrong.getSupportedMethods();
        send(
                response,
                new MethodNotAllowed(
                        wrong.getMethod(), allowed == null ? List.of() : List.of(allowed)));
    }

    @ExceptionHandler
    void notAcceptable(HttpMediaTypeNotAcceptableException wrong, HttpServletResponse response)
            throws IOException {
        var offered = wrong.getSupportedMediaTypes().stream().map(Object::toString).toList();
        send(response, new NotAcceptable(offered));
    }

    @ExceptionHandler
    void interrupted(InterruptedException shutdown, HttpServletResponse response)
            throws IOException {
        if (!response.isCommitted()) { // else a stream: without its summary it is incomplete
            send(response, new Draining(RETRY_AFTER));
        }
    }

    /** Tomcat could not read the query string. */
    @ExceptionHandler
    void badQuery(InvalidParameterException wrong, HttpServletResponse response)
            throws IOException {
        send(response, new BadRequest("The parameters can't be read: " + wrong.getMessage()));
    }

    /** The client is gone, or sent less than it announced: there is nobody to answer, or nothing to say but that. */
    @ExceptionHandler
    void broken(IOException failure, HttpServletResponse response) throws IOException {
        LOG.debug("A connection broke", failure);
        send(response, new BadRequest("The body did not arrive whole"));
    }

    @ExceptionHandler
    void bug(Throwable bug, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var reference = UUID.randomUUID().toString();
        LOG.error(
                "{} {} failed ({})", request.getMethod(), request.getRequestURI(), reference, bug);
        send(response, new Internal(reference));
    }
}
