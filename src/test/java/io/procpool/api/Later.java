package io.procpool.api;

import io.restassured.response.Response;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A request that is answered while the test goes on. */
final class Later {
    private Later() {}

    static CompletableFuture<Response> request(Supplier<Response> request) {
        return CompletableFuture.supplyAsync(request, task -> Thread.ofVirtual().start(task));
    }
}
