package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** What a refused request must look like, and that it has stored nothing. */
final class Refusing {
    private Refusing() {}

    /** The answer is this problem (RFC 9457); returns it. */
    static JsonNode problem(Response response, int status, String slug) {
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(status);
        assertThat(response.contentType()).isEqualTo("application/problem+json");
        var problem = Service.json(response);
        assertThat(problem.path("type").asString()).isEqualTo("urn:procpool:problem:" + slug);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asString()).isNotBlank();
        assertThat(problem.path("detail").asString()).isNotBlank();
        return problem;
    }

    /** The request is refused with this problem, and the listing of results is as before. */
    static JsonNode refused(Service service, Supplier<Response> request, int status, String slug) {
        var before = newest(service);
        var problem = problem(request.get(), status, slug);
        assertThat(newest(service)).isEqualTo(before);
        return problem;
    }

    /** The ids of the last results, newest first. */
    static List<String> newest(Service service) {
        return service.get("/v1/results?limit=5").jsonPath().getList("results.id", String.class);
    }
}
