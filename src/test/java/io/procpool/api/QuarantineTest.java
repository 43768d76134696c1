package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tasks that have killed their workers three times, over HTTP. */
class QuarantineTest {
    private static final String KILLER =
            "{\"retries\":2,\"func\":\"tasks.kill_me\",\"labels\":{\"case\":\"q\"}}";

    private static Service service;
    private static OwnPool pool;

    @BeforeAll
    static void open() {
        service = Service.start();
        pool = OwnPool.of(service, "{\"processes\":1}");
    }

    @AfterAll
    static void close() {
        service.close();
    }

    private static List<JsonNode> listed() {
        return entries(service.get("/v1/quarantine"));
    }

    private static List<JsonNode> entries(Response page) {
        assertThat(page.statusCode()).as(page.asString()).isEqualTo(200);
        return Service.json(page).get("quarantine").valueStream().toList();
    }

    /** The path of one that is there now. */
    private static String quarantined() {
        var job = pool.finished("apply", KILLER);
        assertThat(job.get("problem").get("type").asString())
                .isEqualTo("urn:procpool:problem:quarantined");
        var entry = listed().getFirst();
        assertThat(entry.get("job").asString()).isEqualTo(job.get("id").asString());
        return entry.get("links").get("self").asString();
    }

    @Test
    void it_has_the_evidence() {
        var path = quarantined();
        var task = Service.json(service.get(path));
        assertThat(task.get("pool").asString()).isEqualTo(pool.name());
        assertThat(task.get("func").asString()).isEqualTo("tasks.kill_me");
        assertThat(task.get("verb").asString()).isEqualTo("apply");
        assertThat(task.get("labels").toString()).isEqualTo("{\"case\":\"q\"}");
        assertThat(task.get("first_item").asInt()).isZero();
        assertThat(task.get("items").asInt()).isEqualTo(1);
        assertThat(task.get("attempts")).hasSize(3);
        for (int n = 1; n <= 3; n++) {
            var attempt = task.get("attempts").get(n - 1);
            assertThat(attempt.get("n").asInt()).isEqualTo(n);
            assertThat(attempt.get("signal").asInt()).isEqualTo(9);
            assertThat(attempt.get("pid").asLong()).isPositive();
        }
        assertThat(task.get("problem").get("signal").asInt()).isEqualTo(9);
        assertThat(listed().getFirst().has("attempts")).isFalse();
    }

    @Test
    void it_can_be_dropped() {
        var path = quarantined();
        service.delete(path).then().statusCode(204);
        problem(service.get(path), 404, "quarantine-unknown");
        problem(service.delete(path), 404, "quarantine-unknown");
        problem(service.post(path + "/release", ""), 404, "quarantine-unknown");
    }

    @Test
    void a_release_is_a_new_job() {
        var path = quarantined();
        var old = Service.json(service.get(path)).get("job").asString();
        var released = service.post(path + "/release", "");
        released.then().statusCode(202);
        var location = released.header("Location");
        var resource = Service.json(released);
        assertThat(location).isEqualTo("/v1/results/" + resource.get("id").asString());
        assertThat(resource.get("id").asString()).isNotEqualTo(old);
        assertThat(resource.get("retry_of").asString()).isEqualTo(old);
        problem(service.get(path), 404, "quarantine-unknown");
        problem(service.post(path + "/release", ""), 404, "quarantine-unknown");
        assertThat(service.await(location).get("problem").get("type").asString())
                .endsWith("quarantined");
        assertThat(Service.json(service.get("/v1/results/" + old)).get("state").asString())
                .isEqualTo("failed");
    }

    @Test
    void a_release_with_a_key_is_one() {
        var path = quarantined();
        var key = UUID.randomUUID().toString();
        var first = service.request().header("Idempotency-Key", key).post(path + "/release");
        first.then().statusCode(202);
        var second = service.request().header("Idempotency-Key", key).post(path + "/release");
        second.then().statusCode(202);
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        service.await(first.header("Location"));
    }

    @Test
    void a_release_to_a_pool_that_is_gone_is_refused_and_the_task_stays() {
        String path;
        try (var brief = OwnPool.of(service, "{\"processes\":1}")) {
            brief.finished("apply", KILLER);
            path = listed().getFirst().get("links").get("self").asString();
        }
        problem(service.post(path + "/release", ""), 404, "pool-unknown");
        service.get(path).then().statusCode(200);
    }

    @Test
    void a_release_says_nothing_more() {
        var path = quarantined();
        problem(service.post(path + "/release", "{}"), 400, "bad-request");
        service.get(path).then().statusCode(200);
    }

    @Test
    void the_list_comes_in_pages() {
        quarantined();
        quarantined();
        var first = service.get("/v1/quarantine?limit=1");
        assertThat(entries(first)).hasSize(1);
        var link = first.header("Link");
        assertThat(link).endsWith("; rel=\"next\"").contains("limit=1");
        var second = service.get(link.substring(1, link.indexOf('>')));
        assertThat(entries(second).getFirst().get("id").asString())
                .isLessThan(entries(first).getFirst().get("id").asString());
        assertThat(service.get("/v1/quarantine?limit=1000").header("Link")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1-1-1-1-1", "00000000-0000-0000-0000-000000000000", "%20"})
    void an_id_that_is_none_is_404(String id) {
        var path = "/v1/quarantine/" + id;
        problem(service.get(path), 404, "quarantine-unknown");
        problem(service.delete(path), 404, "quarantine-unknown");
        problem(service.post(path + "/release", ""), 404, "quarantine-unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=x", "cursor=x", "cursor=", "pool=a"})
    void a_parameter_that_is_none_is_refused(String query) {
        var problem = problem(service.get("/v1/quarantine?" + query), 400, "bad-request");
        assertThat(problem.get("detail").asString())
                .contains(query.substring(0, query.indexOf('=')));
    }
}
