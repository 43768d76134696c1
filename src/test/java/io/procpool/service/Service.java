package io.procpool.service;

import static io.restassured.RestAssured.given;

import io.procpool.Procpool;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real service in this JVM, on a free port, with the functions of {@code src/test/functions}. */
public final class Service implements AutoCloseable {
    private static final Map<List<String>, Service> SHARED = new ConcurrentHashMap<>();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ConfigurableApplicationContext context;
    private final Path home;
    private final int port;

    private Service(List<String> settings) {
        try {
            home = Files.createTempDirectory("procpool-test");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        var all =
                new ArrayList<>(
                        List.of(
                                "--server.port=0",
                                "--procpool.home=" + home,
                                "--procpool.functions.path="
                                        + Path.of("src/test/functions").toAbsolutePath()));
        all.addAll(settings);
        context =
                new SpringApplicationBuilder(Procpool.class)
                        .registerShutdownHook(false)
                        .run(all.toArray(String[]::new));
        port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** A service of the test's own, which closes it. Later settings win over earlier ones. */
    public static Service start(String... settings) {
        return new Service(List.of(settings));
    }

    /** One service for all tests that want the same settings; it ends with the JVM. Tests make pools of their own in it. */
    public static Service shared(String... settings) {
        return SHARED.computeIfAbsent(
                Arrays.asList(settings),
                wanted -> {
                    var service = new Service(wanted);
                    Runtime.getRuntime().addShutdownHook(new Thread(service::close));
                    return service;
                });
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public Path home() {
        return home;
    }

    /** A bean, where a test has to look inside. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public RequestSpecification request() {
        return given().spec(new RequestSpecBuilder().setBaseUri(url()).build())
                .urlEncodingEnabled(false);
    }

    public Response get(String path) {
        return request().get(path);
    }

    public Response post(String path, String json) {
        return request().contentType("application/json").body(json).post(path);
    }

    public Response put(String path, String json) {
        return request().contentType("application/json").body(json).put(path);
    }

    public Response delete(String path) {
        return request().delete(path);
    }

    /** The body as JSON, numbers as they are. */
    public static JsonNode json(Response response) {
        return JSON.readTree(response.asByteArray());
    }

    /** Makes a pool, and deletes what had its name. */
    public void pool(String name, String spec) {
        delete("/v1/pools/" + name);
        put("/v1/pools/" + name, spec).then().statusCode(201);
    }

    /** The submission for one run, unless it says otherwise: for tests of how a run ends. */
    public static String once(String json) {
        return json.contains("\"retries\"") ? json : json.replaceFirst("\\{", "{\"retries\":0,");
    }

    /** Submits for one run, and waits for the final resource. */
    public JsonNode finished(String pool, String verb, String json) {
        var accepted = post("/v1/pools/" + pool + "/" + verb + "_async", once(json));
        accepted.then().statusCode(202);
        return await(accepted.header("Location"));
    }

    /** Waits until a result is ready. */
    public JsonNode await(String path) {
        while (true) {
            var result = json(get(path + "?wait=30"));
            if (result.path("ready").asBoolean()) {
                return result;
            }
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
