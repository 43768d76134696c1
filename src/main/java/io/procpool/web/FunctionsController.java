package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.pool.Pool;
import io.procpool.pool.Pools;
import io.procpool.problem.Failure.FunctionUnknown;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import io.procpool.runtime.Runtimes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;

/** {@code /v1/functions}: what can be called, with signature and doc, and what could not be imported. */
@RestController
@RequestMapping("/v1/functions")
final class FunctionsController {
    private final Pools pools;
    private final Runtimes runtimes;

    FunctionsController(Pools pools, Runtimes runtimes) {
        this.pools = pools;
        this.runtimes = runtimes;
    }

    @GetMapping
    void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var callables = new Callables(chosen(request));
        var prefix = Objects.requireNonNullElse(request.getParameter("prefix"), "");
        var json = new LinkedHashMap<String, Object>();
        json.put(
                "functions",
                callables.functions(prefix).stream().map(FunctionsController::write).toList());
        json.put(
                "modules",
                callables.sources(prefix).stream().map(FunctionsController::write).toList());
        json.put("incomplete", callables.incomplete());
        Json.send(response, 200, json);
    }

    @GetMapping("/{name}")
    void get(@PathVariable String name, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var callables = new Callables(chosen(request));
        var found =
                callables
                        .find(name)
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                new FunctionUnknown(
                                                        name,
                                                        callables.whyNot(name).orElse(null))));
        var json = write(found);
        json.put(
                "links",
                Json.object(
                        "self",
                        "/v1/functions/" + UriUtils.encodePathSegment(name, UTF_8),
                        "apply",
                        "/v1/pools/" + found.pool() + "/apply"));
        Json.send(response, 200, json);
    }

    private Collection<Pool> chosen(HttpServletRequest request) {
        var pool = request.getParameter("pool");
        var runtime = request.getParameter("runtime");
        if (runtime != null && runtimes.find(runtime).isEmpty()) {
            throw new Refused(
                    new BadRequest("?runtime= is one of " + String.join(", ", runtimes.names())));
        }
        var named = pool == null ? pools.all() : List.of(pools.require(pool));
        return named.stream()
                .filter(one -> runtime == null || one.spec().runtime().equals(runtime))
                .toList();
    }

    private static Map<String, @Nullable Object> write(Callables.Function function) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("name", function.name());
        json.put("runtime", function.runtime());
        json.put("signature", function.details().signature());
        json.put("doc", function.details().doc());
        json.put("pools", function.pools());
        return json;
    }

    private static Map<String, @Nullable Object> write(Callables.Source module) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("name", module.name());
        json.put("runtime", module.runtime());
        json.put("doc", module.doc());
        if (module.error() != null) {
            json.put("error", module.error());
        }
        json.put("pools", module.pools());
        return json;
    }
}
