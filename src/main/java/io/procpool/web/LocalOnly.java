package io.procpool.web;

import io.procpool.problem.Refusal.Forbidden;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps foreign web pages out, on every method and path. On loopback the Host header must name this machine, or a page could
 * have its own name resolve to 127.0.0.1 (DNS rebinding); a request of a page from elsewhere is known by its Origin (RFC 6454) or
 * Sec-Fetch-Site (W3C Fetch Metadata) header.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class LocalOnly extends OncePerRequestFilter {
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final LoopbackGate gate;
    private final SecuritySettings settings;

    LocalOnly(LoopbackGate gate, SecuritySettings settings) {
        this.gate = gate;
        this.settings = settings;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var objection = objection(request);
        if (objection.isPresent()) {
            ProblemHandler.send(response, new Forbidden(objection.get()));
        } else {
            chain.doFilter(request, response);
        }
    }

    private Optional<String> objection(HttpServletRequest request) {
        var host = request.getHeader("Host");
        if (gate.loopback() && !isOurs(host)) {
            return Optional.of(
                    "The Host header is '"
                            + host
                            + "', which is no name of this machine; "
                            + "procpool.security.hosts adds names");
        }
        if ("cross-site".equalsIgnoreCase(request.getHeader("Sec-Fetch-Site"))) {
            return Optional.of("A page from another site may not call this service");
        }
        var origin = request.getHeader("Origin");
        if (origin != null && !isSameOrigin(origin, host)) {
            return Optional.of("A page from " + origin + " may not call this service");
        }
        return Optional.empty();
    }

    private boolean isOurs(@Nullable String host) {
        if (host == null) {
            return false;
        }
        var name = withoutPort(host).toLowerCase(Locale.ROOT);
        return LOCAL.contains(name) || settings.hosts().contains(name);
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":\\d*$", "");
    }

    private static boolean isSameOrigin(String origin, @Nullable String host) {
        return origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host);
    }
}
