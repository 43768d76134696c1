package io.procpool.contract;

import static java.util.stream.Collectors.joining;

import io.procpool.service.JarOfTheTests;
import io.procpool.service.NodePools;
import io.procpool.service.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A kind of worker, as the suite sees it.
 *
 * @param spec members of the specification of its pools
 * @param functions what a function of the Python modules {@code tasks}, {@code faults} and {@code api_functions} is called here
 * @param raised the type of what {@code tasks.fail} raises
 * @param source the file that it stands in
 * @param names of the pools that it has to use, since they are configured; none: any name
 * @param lacks what it does not have, and why
 */
record Subject(
        String spec,
        UnaryOperator<String> functions,
        String raised,
        String source,
        List<String> names,
        Map<Trait, String> lacks) {
    private static final String REAPED = "the JDK, which waits for the process, does not tell";
    private static final String THREADS = "the workers are threads of one process";
    private static final List<String> NODE_POOLS = List.of("node-0", "node-1", "node-2", "node-3");
    private static final List<String> NODE =
            List.of(
                    "node",
                    "src/test/node/worker.js",
                    "src/test/node/tasks.js",
                    "src/test/node/faults.js",
                    "src/test/node/api_functions.js");

    /** The limit of bodies and results in the service of the suite: small enough to go beyond. */
    static final int BODY = 4 << 20;

    /** One service for all of them. */
    static Service service() {
        var settings =
                new ArrayList<>(
                        List.of(
                                "--procpool.functions.path="
                                        + Path.of("src/test/functions").toAbsolutePath()
                                        + ","
                                        + JarOfTheTests.folder(),
                                "--procpool.limits.body=" + BODY + "B",
                                "--procpool.pools.default.processes=1"));
        NODE_POOLS.forEach(
                name -> settings.addAll(NodePools.pool(name, NODE, "processes=1", "grace=200ms")));
        return Service.shared(settings.toArray(String[]::new));
    }

    static Subject pythonProcesses() {
        return python("process", Map.of());
    }

    static Subject pythonThreads() {
        return python("thread", Map.of(Trait.OWN_PROCESS, THREADS, Trait.COST_OF_LOSS, REAPED));
    }

    private static Subject python(String kind, Map<Trait, String> lacks) {
        return new Subject(
                "\"runtime\":\"python\",\"kind\":\"" + kind + "\"",
                UnaryOperator.identity(),
                "ValueError",
                "tasks.py",
                List.of(),
                lacks);
    }

    static Subject javaProcesses() {
        return java("process", Map.of(Trait.COST_OF_LOSS, REAPED));
    }

    static Subject javaThreads() {
        return java("thread", Map.of(Trait.OWN_PROCESS, THREADS, Trait.COST_OF_LOSS, REAPED));
    }

    private static Subject java(String kind, Map<Trait, String> lacks) {
        return new Subject(
                "\"runtime\":\"java\",\"kind\":\"" + kind + "\"",
                Subject::inJava,
                "java.lang.IllegalArgumentException",
                "Tasks.java",
                List.of(),
                lacks);
    }

    /** {@code api_functions.odd_values} is {@code functions.Api.oddValues}. */
    private static String inJava(String name) {
        int dot = name.indexOf('.');
        var module = Arrays.asList(name.substring(0, dot).split("_")).getFirst();
        var words = Arrays.asList(name.substring(dot + 1).split("_"));
        var rest = words.stream().skip(1).map(Subject::capital).collect(joining());
        return "functions." + capital(module) + "." + words.getFirst() + rest;
    }

    private static String capital(String word) {
        return word.isEmpty()
                ? word
                : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    static Subject node() {
        var command = NODE.stream().map(word -> "\"" + word + "\"").collect(joining(",", "[", "]"));
        return new Subject(
                "\"runtime\":\"command\",\"command\":" + command,
                UnaryOperator.identity(),
                "RangeError",
                "tasks.js",
                NODE_POOLS,
                Map.of(
                        Trait.EXACT_NUMBERS, "a number of JavaScript is a double",
                        Trait.NAMED_ARGUMENTS, "functions of JavaScript have no named arguments",
                        Trait.SIGNATURES, "a command tells the names of its functions only",
                        Trait.COST_OF_LOSS, REAPED,
                        Trait.TIDY,
                                "this program does not look after the children of its functions"));
    }
}
