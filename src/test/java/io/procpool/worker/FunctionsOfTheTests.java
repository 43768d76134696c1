package io.procpool.worker;

import io.procpool.payload.Payload;
import io.procpool.service.JarOfTheTests;
import io.procpool.wire.Header;
import java.util.List;
import java.util.Map;

/** The functions of the tests' jar, called in this JVM by the worker's own parts. */
final class FunctionsOfTheTests {
    private static final Welcome WELCOME =
            new Welcome(
                    1 << 20,
                    20,
                    false,
                    List.of(JarOfTheTests.folder()),
                    List.of(
                            "java.lang.Math.*",
                            "java.lang.Integer.parseInt",
                            "java.lang.Integer.missing",
                            "java.lang.NoClass.*",
                            "math.*",
                            "nonsense"),
                    Map.of(),
                    null);

    static final Json JSON = new Json(WELCOME.maxNesting());
    static final Catalogue CATALOGUE = loaded(WELCOME);
    private static final Calls CALLS =
            new Calls(CATALOGUE, JSON, new Encoder(JSON, WELCOME.maxBody(), WELCOME.maxNesting()));

    private FunctionsOfTheTests() {}

    static Catalogue loaded(Welcome welcome) {
        var catalogue = new Catalogue(welcome, JSON);
        catalogue.loadAll(_ -> {});
        return catalogue;
    }

    /** The JSON of the value, or {@code problem: message}. */
    static String apply(String func, String args) {
        return call(func, "{\"args\":" + args + "}");
    }

    static String call(String func, String body) {
        try {
            var header = header(Map.of("verb", "apply", "func", func));
            return CALLS.run(header, Payload.ofUtf8(body)).text().utf8();
        } catch (Failed failed) {
            return failed.fields().get("problem") + ": " + failed.message();
        }
    }

    private static Header header(Map<String, Object> fields) {
        return Header.list(Payload.ofUtf8("[" + Header.of(fields) + "]")).getFirst();
    }
}
