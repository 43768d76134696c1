package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How workers are started and what they find around them: start_method, preload, env. */
class SurroundingsTest {
    /** What design §8 leaves of the service's environment, and what Python itself may set (PEP 538). */
    private static final Set<String> KNOWN =
            Set.of(
                    "PATH",
                    "HOME",
                    "LANG",
                    "LC_ALL",
                    "LC_CTYPE",
                    "TZ",
                    "TMPDIR",
                    "PROCPOOL_GENERATION");

    private static final String IMPORTED_HERE = "{\"func\":\"api_functions.imported_here\"}";

    @Test
    void forked_workers_share_what_the_forkserver_has_imported() {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            assertThat(pool.value("apply", IMPORTED_HERE)).isEqualTo("false");
            assertThat(pool.resource().get("start_method_in_use").asString())
                    .isEqualTo("forkserver");
        }
    }

    @Test
    void spawned_workers_import_for_themselves() {
        try (var pool =
                OwnPool.of(
                        """
                        {"processes": 2, "start_method": "spawn", "grace": 0.5,
                         "initializer": "api_functions.initialize", "initargs": ["spawned"],
                         "preload": ["api_digest"], "env": {"GREETING": "hi"}}
                        """)) {
            assertThat(pool.value("apply", IMPORTED_HERE)).isEqualTo("true");
            assertThat(pool.resource().get("start_method_in_use").asString()).isEqualTo("spawn");
            assertThat(pool.value("apply", "{\"func\":\"api_functions.initialized_with\"}"))
                    .startsWith("[\"spawned\",");
            assertThat(pool.value("apply", hasLoaded("api_digest"))).isEqualTo("true");
            assertThat(pool.value("apply", hasLoaded("api_listed"))).isEqualTo("false");
            assertThat(environment(pool).get("GREETING")).isEqualTo("hi");
            Refusing.problem(pool.apply("{\"func\":\"os.system\"}"), 404, "function-unknown");
            assertThat(pool.value("map", "{\"func\":\"tasks.echo\",\"iterable\":[1,2,3]}"))
                    .isEqualTo("[1,2,3]");
            var lost = pool.apply("{\"func\":\"tasks.exit_now\",\"args\":[4]}");
            assertThat(Refusing.problem(lost, 422, "worker-lost").get("exitcode").asInt())
                    .isEqualTo(4);
            assertThat(pool.value("apply", IMPORTED_HERE)).isEqualTo("true");
        }
    }

    @Test
    void a_pool_that_is_configured_may_preload_any_module_and_set_any_variable()
            throws IOException {
        Files.writeString(
                LimitedService.functions().resolve("around.py"),
                """
                import os
                import sys


                def has_loaded(module):
                    return module in sys.modules


                def variable(name):
                    return os.environ[name]
                """);
        var loaded = "{\"func\":\"around.has_loaded\",\"args\":[\"colorsys\"]}";
        var service = LimitedService.get();
        assertThat(service.post("/v1/pools/configured/apply", loaded).asString()).isEqualTo("true");
        assertThat(service.post("/v1/pools/default/apply", loaded).asString()).isEqualTo("false");
        var variable = "{\"func\":\"around.variable\",\"args\":[\"PYTHONHASHSEED\"]}";
        assertThat(service.post("/v1/pools/configured/apply", variable).asString())
                .isEqualTo("\"7\"");
    }

    private static String hasLoaded(String module) {
        return "{\"func\":\"api_functions.has_loaded\",\"args\":[\"" + module + "\"]}";
    }

    private static Map<String, String> environment(OwnPool pool) {
        return pool.apply("{\"func\":\"api_functions.environment\"}")
                .jsonPath()
                .getMap("$", String.class, String.class);
    }

    @Test
    void env_reaches_the_workers_and_the_services_own_environment_does_not() {
        try (var pool =
                OwnPool.of(
                        """
                        {"processes": 1, "env": {"GREETING": "hé = llo", "EMPTY": "", "TZ": "Asia/Tokyo"}}
                        """)) {
            var inside = environment(pool);
            assertThat(inside).containsEntry("GREETING", "hé = llo").containsEntry("EMPTY", "");
            assertThat(inside).containsEntry("TZ", "Asia/Tokyo");
            assertThat(inside).containsEntry("PATH", System.getenv("PATH"));

            var secret = new HashSet<>(System.getenv().keySet());
            secret.removeAll(KNOWN);
            assertThat(secret).as("the service has an environment to keep").isNotEmpty();
            assertThat(inside.keySet()).doesNotContainAnyElementsOf(secret);
        }
    }

    @Test
    void pools_of_one_service_keep_their_env_for_themselves() {
        try (var one = OwnPool.of("{\"processes\":1,\"env\":{\"ONE\":\"1\"}}");
                var other = OwnPool.of("{\"processes\":1,\"env\":{\"OTHER\":\"2\"}}")) {
            assertThat(environment(one)).containsKey("ONE").doesNotContainKey("OTHER");
            assertThat(environment(other)).containsKey("OTHER").doesNotContainKey("ONE");
            assertThat(Service.json(one.service().get(one.path())).get("env").toString())
                    .isEqualTo("{\"ONE\":\"1\"}");
        }
    }
}
