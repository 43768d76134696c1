package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.pool.Pool;
import io.procpool.pool.Pools;
import io.procpool.problem.Refusal.PreconditionFailed;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/pools}: specification, state, workers, and the end of pools. */
@RestController
@RequestMapping("/v1/pools")
final class PoolsController {
    private static final Duration DEFAULT_JOIN = Duration.ofSeconds(30);

    private final Pools pools;
    private final Bodies bodies;

    PoolsController(Pools pools, Bodies bodies) {
        this.pools = pools;
        this.bodies = bodies;
    }

    @GetMapping
    void list(HttpServletResponse response) throws IOException {
        Json.send(
                response, 200, Map.of("pools", pools.all().stream().map(PoolJson::write).toList()));
    }

    @GetMapping("/{pool}")
    void get(@PathVariable String pool, HttpServletResponse response) throws IOException {
        show(pools.require(pool), 200, response);
    }

    @PutMapping("/{pool}")
    void put(@PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try (var hold = bodies.hold()) {
            var spec = PoolJson.read(bodies.read(request, hold));
            var put = pools.put(pool, spec, current -> requireMatch(current, request));
            if (put.created()) {
                response.setHeader("Location", "/v1/pools/" + pool);
            }
            show(put.pool(), put.created() ? 201 : 200, response);
        }
    }

    private static void requireMatch(Optional<Pool> pool, HttpServletRequest request) {
        var current = pool.map(PoolsController::etag).orElse("none");
        var wanted = request.getHeader("If-Match");
        var unwanted = request.getHeader("If-None-Match");
        if ((wanted != null && !ETags.matchesStrongly(wanted, current))
                || (unwanted != null && ETags.matches(unwanted, current))) {
            throw new Refused(new PreconditionFailed(current));
        }
    }

    private static void show(Pool pool, int status, HttpServletResponse response)
            throws IOException {
        response.setHeader("ETag", etag(pool));
        Json.send(response, status, PoolJson.write(pool));
    }

    /** Of the specification: health and figures are always on the move. */
    private static String etag(Pool pool) {
        var text = pool.state() + new String(Json.bytes(PoolJson.write(pool.spec())), UTF_8);
        return '"' + UUID.nameUUIDFromBytes(text.getBytes(UTF_8)).toString() + '"';
    }

    @DeleteMapping("/{pool}")
    void delete(
            @PathVariable String pool, HttpServletRequest request, HttpServletResponse response) {
        pools.delete(pool, current -> requireMatch(current, request));
        response.setStatus(204);
    }

    @GetMapping("/{pool}/workers")
    void workers(@PathVariable String pool, HttpServletResponse response) throws IOException {
        var workers = pools.require(pool).workers().stream().map(PoolJson::write).toList();
        Json.send(response, 200, Map.of("workers", workers));
    }

    @PostMapping("/{pool}/close")
    void close(@PathVariable String pool, HttpServletResponse response) {
        pools.close(pool);
        response.setStatus(204);
    }

    @PostMapping("/{pool}/terminate")
    void terminate(@PathVariable String pool, HttpServletResponse response) {
        pools.terminate(pool);
        response.setStatus(204);
    }

    @PostMapping("/{pool}/join")
    void join(@PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws InterruptedException, IOException {
        var patience = Patience.capped(Patience.parameter(request, "timeout").orElse(DEFAULT_JOIN));
        var found = pools.require(pool);
        if (found.join(patience)) {
            response.setStatus(204);
        } else {
            Json.send(response, 202, PoolJson.write(found));
        }
    }
}
