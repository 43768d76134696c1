package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.pool.Pool;
import io.procpool.pool.PoolSpec;
import io.procpool.pool.PoolState;
import io.procpool.pool.Pools;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.PreconditionFailed;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
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
    private static final MediaType MERGE_PATCH = new MediaType("application", "merge-patch+json");

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
        var found = pools.require(pool);
        show(found, found.spec(), 200, response);
    }

    @PutMapping("/{pool}")
    void put(@PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        IdempotencyKey.refuse(request);
        try (var hold = bodies.hold()) {
            var spec = SpecJson.read(bodies.read(request, hold));
            var put = pools.put(pool, spec, current -> requireMatch(current, request));
            if (put.created()) {
                response.setHeader("Location", "/v1/pools/" + pool);
            }
            show(put, put.created() ? 201 : 200, response);
        }
    }

    @PatchMapping("/{pool}")
    void patch(@PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader(
                "Accept-Patch", MERGE_PATCH.toString()); // RFC 5789: with a 415 above all
        IdempotencyKey.refuse(request);
        try (var hold = bodies.hold()) {
            var patch = bodies.read(request, hold, MERGE_PATCH);
            var patched =
                    pools.patch(
                            pool,
                            present -> SpecJson.merge(patch, present),
                            current -> requireMatch(current, request));
            show(patched, 200, response);
        }
    }

    private static void requireMatch(Optional<Pool> pool, HttpServletRequest request) {
        var current = pool.map(found -> etag(found.state(), found.spec())).orElse("none");
        var wanted = request.getHeader("If-Match");
        var unwanted = request.getHeader("If-None-Match");
        if ((wanted != null && !ETags.matchesStrongly(wanted, current))
                || (unwanted != null && ETags.matches(unwanted, current))) {
            throw new Refused(new PreconditionFailed(current));
        }
    }

    /** What the request has made of it, though the next one may have changed it already. */
    private static void show(Pools.Put put, int status, HttpServletResponse response)
            throws IOException {
        show(put.pool(), put.spec(), status, response);
    }

    /** One specification for the tag and the body: who changes what it was shown must not pass for who has seen more. */
    private static void show(Pool pool, PoolSpec spec, int status, HttpServletResponse response)
            throws IOException {
        response.setHeader("ETag", etag(pool.state(), spec));
        Json.send(response, status, PoolJson.write(pool, spec));
    }

    /** Of the specification: health and figures are always on the move. */
    private static String etag(PoolState state, PoolSpec spec) {
        var text = state + new String(Json.bytes(SpecJson.write(spec)), UTF_8);
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

    /** Asks it to go when it has finished its task, or kills it. Answers before it is gone. */
    @DeleteMapping("/{pool}/workers/{id}")
    void dismiss(
            @PathVariable String pool,
            @PathVariable String id,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        boolean kill = flag(request, "kill");
        var dismissed = pools.require(pool).dismiss(id, kill);
        Json.send(response, 202, PoolJson.write(dismissed));
    }

    private static boolean flag(HttpServletRequest request, String name) {
        return switch (request.getParameter(name)) {
            case null -> false;
            case "false" -> false;
            case "true" -> true;
            default -> throw new Refused(new BadRequest("?" + name + "= is true or false"));
        };
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
