package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The listing of results: newest first, by filters, page by page. */
class ListingTest {
    private static OwnPool pool;
    private static Service service;

    @BeforeAll
    static void open() {
        pool = OwnPool.ofProcesses(2);
        service = pool.service();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static List<String> ids(Response page) {
        return Service.json(page)
                .get("results")
                .valueStream()
                .map(entry -> entry.get("id").asString())
                .toList();
    }

    private static List<String> listed(OwnPool of, String query) {
        var page = service.get("/v1/results?pool=" + of.name() + query);
        assertThat(page.statusCode()).as(page.asString()).isEqualTo(200);
        return ids(page);
    }

    private static String id(String result) {
        return result.substring("/v1/results/".length());
    }

    /** All pages, by the Link header; says that the body's cursor is the same. */
    private static List<String> walk(String path) {
        var all = new ArrayList<String>();
        var next = path;
        while (next != null) {
            var page = service.get(next);
            assertThat(page.statusCode()).as(next).isEqualTo(200);
            all.addAll(ids(page));
            var link = page.header("Link");
            var cursor = Service.json(page).get("next").asString(null);
            assertThat(link == null).isEqualTo(cursor == null);
            next = link == null ? null : link.substring(1, link.indexOf('>'));
            if (link != null) {
                assertThat(link).endsWith("; rel=\"next\"");
                assertThat(next).contains("cursor=" + cursor);
            }
        }
        return all;
    }

    @Test
    void hundreds_of_results_are_walked_once_each_while_others_come() throws InterruptedException {
        var known = new ArrayList<String>();
        for (int job = 0; job < 250; job++) {
            known.add(id(pool.submit("apply", "{\"func\":\"tasks.pid\"}")));
        }
        var walked = new AtomicBoolean();
        var more = new AtomicInteger();
        var adder =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    while (!walked.get() && more.get() < 150) {
                                        pool.submit("apply", "{\"func\":\"tasks.pid\"}");
                                        more.incrementAndGet();
                                    }
                                });
        try {
            until("others come", () -> more.get() >= 5);
            for (int limit : new int[] {60, 1000}) {
                var all = walk("/v1/results?pool=" + pool.name() + "&limit=" + limit);
                assertThat(all).doesNotHaveDuplicates().containsAll(known);
                assertThat(all).isSortedAccordingTo(Comparator.reverseOrder());
            }
        } finally {
            walked.set(true);
            adder.join();
        }
    }

    @Test
    void a_page_has_a_hundred_unless_it_is_asked_for_others() {
        try (var own = OwnPool.ofProcesses(1)) {
            for (int job = 0; job < 101; job++) {
                own.submit("map", "{\"func\":\"tasks.pid\",\"iterable\":[]}");
            }
            assertThat(listed(own, "")).hasSize(100);
            assertThat(listed(own, "&limit=1")).hasSize(1);
            assertThat(listed(own, "&limit=1000")).hasSize(101);
        }
    }

    @Test
    void filters_choose_by_pool_function_and_state() throws IOException, InterruptedException {
        try (var own = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            var succeeded = id(own.submit("apply", "{\"func\":\"tasks.pid\"}"));
            var failed = id(own.submit("apply", "{\"func\":\"tasks.fail\"}"));
            var running = id(gate.occupy(own));
            var pending = id(own.submit("apply", "{\"func\":\"tasks.pid\"}"));
            var cancelled = id(own.submit("apply", "{\"func\":\"tasks.pid\"}"));
            service.post("/v1/results/" + cancelled + "/cancel", "").then().statusCode(202);
            var expired = id(own.submit("apply", "{\"func\":\"tasks.pid\",\"expires_in\":0.001}"));
            service.await("/v1/results/" + expired);

            assertThat(listed(own, "&state=succeeded")).containsExactly(succeeded);
            assertThat(listed(own, "&state=failed")).containsExactly(failed);
            assertThat(listed(own, "&state=running")).containsExactly(running);
            assertThat(listed(own, "&state=pending")).containsExactly(pending);
            assertThat(listed(own, "&state=cancelled")).containsExactly(cancelled);
            assertThat(listed(own, "&state=expired")).containsExactly(expired);
            assertThat(listed(own, ""))
                    .containsExactly(expired, cancelled, pending, running, failed, succeeded);
            assertThat(listed(own, "&func=tasks.pid"))
                    .containsExactly(expired, cancelled, pending, succeeded);
            assertThat(listed(own, "&func=tasks.pid&state=pending")).containsExactly(pending);
            assertThat(listed(own, "&func=tasks.pid&state=running")).isEmpty();
            assertThat(walk("/v1/results?limit=1&func=tasks.pid&pool=" + own.name()))
                    .containsExactly(expired, cancelled, pending, succeeded);
            assertThat(ids(service.get("/v1/results?pool=nowhere"))).isEmpty();
            assertThat(ids(service.get("/v1/results?func=tasks.none"))).isEmpty();
        }
    }

    @Test
    void labels_choose_those_that_have_all_of_them() {
        try (var own = OwnPool.ofProcesses(1)) {
            var red = labelled(own, "{\"colour\":\"red\",\"team/a.b-c_1\":\"x=y\"}");
            var blue = labelled(own, "{\"colour\":\"blue\"}");
            labelled(own, "{}");
            assertThat(listed(own, "&label=colour")).containsExactly(blue, red);
            assertThat(listed(own, "&label=colour%3Dred")).containsExactly(red);
            assertThat(listed(own, "&label=colour%3Dred&label=team/a.b-c_1%3Dx%3Dy"))
                    .containsExactly(red);
            assertThat(listed(own, "&label=colour%3Dblue&label=team/a.b-c_1")).isEmpty();
            assertThat(listed(own, "&label=colour%3D")).isEmpty();
            assertThat(listed(own, "&label=Colour")).isEmpty();
            var entry = Service.json(service.get("/v1/results?label=team/a.b-c_1%3Dx%3Dy&limit=1"));
            assertThat(entry.get("results").get(0).get("labels").toString())
                    .isEqualTo("{\"colour\":\"red\",\"team/a.b-c_1\":\"x=y\"}");
        }
    }

    /** The = need not be encoded (RFC 3986, 3.4), and stays as it came in the links to further pages. */
    @Test
    void a_label_may_come_with_a_plain_sign_of_equality() {
        try (var own = OwnPool.ofProcesses(1)) {
            var first = labelled(own, "{\"team\":\"geo\"}");
            var second = labelled(own, "{\"team\":\"geo\"}");
            var path = "/v1/results?label=team=geo&limit=1&pool=" + own.name();
            assertThat(walk(path)).containsExactly(second, first);
        }
    }

    private static String labelled(OwnPool own, String labels) {
        return id(own.submit("apply", "{\"func\":\"tasks.pid\",\"labels\":" + labels + "}"));
    }

    @Test
    void times_choose_those_that_were_created_then_or_later_and_before_that() {
        try (var own = OwnPool.ofProcesses(1)) {
            var early = own.submit("apply", "{\"func\":\"tasks.pid\"}");
            var created = Service.json(service.get(early)).get("created").asString();
            var next = Instant.parse(created).plusMillis(1).toString();
            assertThat(listed(own, "&created_after=" + created)).containsExactly(id(early));
            assertThat(listed(own, "&created_before=" + created)).isEmpty();
            assertThat(listed(own, "&created_after=" + next)).isEmpty();
            assertThat(listed(own, "&created_before=" + next)).containsExactly(id(early));
            assertThat(listed(own, "&created_after=2000-01-01T00:00:00%2B01:00"))
                    .containsExactly(id(early));
        }
    }

    @Test
    void a_sync_call_is_listed_while_it_runs_and_for_a_while_after() throws Exception {
        try (var own = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            var waiting = Later.request(() -> own.apply(gate.call()));
            until("it is listed as running", () -> listed(own, "&state=running").size() == 1);
            gate.open();
            var id = waiting.join().header("Procpool-Result");
            assertThat(listed(own, "&state=succeeded")).containsExactly(id);
        }
    }

    @Test
    void an_entry_tells_all_but_the_attempts() {
        pool.finished("apply", "{\"func\":\"tasks.fail\",\"args\":[\"why\"]}");
        var page = service.get("/v1/results?state=failed&limit=1&pool=" + pool.name());
        var entry = Service.json(page).get("results").get(0);
        assertThat(entry.get("func").asString()).isEqualTo("tasks.fail");
        assertThat(entry.get("problem").get("detail").asString()).isEqualTo("ValueError: why");
        assertThat(entry.has("attempts")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=-1",
                "limit=1001",
                "limit=x",
                "limit=",
                "limit=1.5",
                "limit=99999999999",
                "state=done",
                "state=",
                "state=Failed",
                "cursor=x",
                "cursor=",
                "cursor=1-1-1-1-1",
                "cursor=01890a5d-ac96-774b-bcce-b302099a8057",
                "label=",
                "label=%3Dx",
                "label=a%20b",
                "created_after=",
                "created_after=yesterday",
                "created_after=1700000000",
                "created_before=2026-01-01",
                "created_before=2026-02-30T00:00:00Z",
                "created_before=2026-01-01T00:00:00",
                "state=failed&state=failed",
                "limit=1&limit=1",
                "pool=a&pool=b",
                "verb=apply",
                "offset=1"
            })
    void a_parameter_that_is_none_is_refused(String query) {
        var name = query.substring(0, query.indexOf('='));
        var problem = problem(service.get("/v1/results?" + query), 400, "bad-request");
        assertThat(problem.get("detail").asString()).contains(name);
    }

    @ParameterizedTest
    @CsvSource({"pool", "func", "state"})
    void the_link_keeps_the_filters(String name) {
        pool.finished("apply", "{\"func\":\"tasks.pid\"}");
        pool.finished("apply", "{\"func\":\"tasks.pid\"}");
        var filter =
                switch (name) {
                    case "pool" -> "pool=" + pool.name();
                    case "func" -> "func=tasks.pid";
                    default -> "state=succeeded";
                };
        var link = service.get("/v1/results?" + filter + "&limit=1").header("Link");
        assertThat(link).contains("/v1/results?").contains(filter).contains("limit=1");
    }
}
