package io.procpool.pool;

import io.procpool.payload.Payload;
import io.procpool.runtime.LaunchSpec;
import io.procpool.runtime.WorkerKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a pool is to be. The names are those of {@code multiprocessing.Pool} where it has them (CPython library reference,
 * multiprocessing.pool).
 *
 * @param runtime what the workers are: {@code python}, {@code java}, {@code command}
 * @param kind {@code process}, or {@code thread}: all workers are threads of one process, as in multiprocessing.dummy
 * @param command of runtime {@code command}: the program that speaks the worker protocol, and its arguments; else empty
 * @param processes how many workers, 1 to 1024
 * @param initializer a function that each worker calls once, before its first task
 * @param initargs its arguments, a JSON array
 * @param maxtasksperchild tasks after which a worker is replaced; a map's chunk is one task; null: never
 * @param maxMemoryPerChild private bytes above which a worker is replaced after its task; above twice as many it is killed; null: never
 * @param maxAge age at which a worker is replaced, less up to a tenth so that not all go at once; null: never
 * @param idleTimeout how long an unused worker is kept; its place stays empty until it is needed; null: for ever
 * @param startMethod {@code forkserver} (Python processes only, and their default) or {@code spawn}, as in CPython
 * @param preload modules imported before workers are forked
 * @param env environment variables of the workers
 * @param taskTimeout how long a task may run unless its submission says otherwise; null: for ever
 * @param grace between SIGTERM and SIGKILL, and for a retired worker's exit hooks
 * @param startTimeout for a worker's start, its initializer included; a sync call waits so long for a degraded pool
 * @param queueLimit how many sync calls may wait; a map counts one
 */
public record PoolSpec(
        String runtime,
        WorkerKind kind,
        List<String> command,
        int processes,
        @Nullable String initializer,
        Payload initargs,
        @Nullable Integer maxtasksperchild,
        @Nullable Long maxMemoryPerChild,
        @Nullable Duration maxAge,
        @Nullable Duration idleTimeout,
        String startMethod,
        List<String> preload,
        Map<String, String> env,
        @Nullable Duration taskTimeout,
        Duration grace,
        Duration startTimeout,
        int queueLimit) {

    public static final int MOST_PROCESSES = 1024;
    public static final Duration TASK_TIMEOUT = Duration.ofHours(1);
    public static final Duration GRACE = Duration.ofSeconds(5);
    public static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    public static final int QUEUE_LIMIT = 10_000;
    public static final Payload NO_ARGUMENTS = Payload.ofUtf8("[]");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final Pattern MODULE = Pattern.compile("[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_]\\w*");

    /** @throws IllegalArgumentException with a sentence that names the field and its range */
    public PoolSpec {
        check(!runtime.isBlank(), "runtime must be named");
        check(
                processes >= 1 && processes <= MOST_PROCESSES,
                "processes must be from 1 to " + MOST_PROCESSES);
        check(
                maxtasksperchild == null || maxtasksperchild >= 1,
                "maxtasksperchild must be at least 1, or null");
        check(
                maxMemoryPerChild == null || maxMemoryPerChild >= 1,
                "max_memory_per_child must be at least 1 byte, or null");
        check(positive(maxAge), "max_age must be more than 0 seconds, or null");
        check(positive(idleTimeout), "idle_timeout must be more than 0 seconds, or null");
        check(
                List.of("forkserver", "spawn").contains(startMethod),
                "start_method must be forkserver or spawn");
        check(
                startMethod.equals("spawn") || forks(runtime, kind),
                "start_method forkserver is for processes of runtime python");
        check(
                preload.isEmpty() || runtime.equals("python"),
                "preload is for runtime python: the others load what they need");
        check(
                maxMemoryPerChild == null || kind == WorkerKind.PROCESS,
                "max_memory_per_child is for kind process: threads share the memory of their process");
        check(
                runtime.equals("command") != command.isEmpty(),
                runtime.equals("command")
                        ? "runtime command needs a command, the program and its arguments"
                        : "command is for runtime command");
        check(
                kind == WorkerKind.PROCESS || command.isEmpty(),
                "kind thread is for the runtimes python and java");
        check(
                command.stream().noneMatch(word -> word.indexOf('\0') >= 0)
                        && (command.isEmpty() || !command.getFirst().isBlank()),
                "command must begin with a program, and no word may hold a NUL");
        check(positive(taskTimeout), "task_timeout must be more than 0 seconds, or null");
        check(!grace.isNegative(), "grace must not be negative");
        check(positive(startTimeout), "start_timeout must be more than 0 seconds");
        check(queueLimit >= 1, "queue_limit must be at least 1");
        for (var module : preload) {
            check(MODULE.matcher(module).matches(), "preload: '" + module + "' is no module name");
        }
        for (var variable : env.entrySet()) {
            check(
                    VARIABLE.matcher(variable.getKey()).matches(),
                    "env: '" + variable.getKey() + "' is no variable name");
            check(
                    variable.getValue().indexOf('\0') < 0,
                    "env: the value of " + variable.getKey() + " holds a NUL");
        }
        command = List.copyOf(command);
        preload = List.copyOf(preload);
        env = Map.copyOf(env);
    }

    private static boolean positive(@Nullable Duration duration) {
        return duration == null || duration.isPositive();
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Whether a pool can have this name: letters, digits, {@code _ . -}, at most 63, a letter or digit first. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    public static PoolSpec defaults(String runtime, int processes) {
        return new PoolSpec(
                runtime,
                WorkerKind.PROCESS,
                List.of(),
                processes,
                null,
                NO_ARGUMENTS,
                null,
                null,
                null,
                null,
                startMethod(runtime, WorkerKind.PROCESS),
                List.of(),
                Map.of(),
                TASK_TIMEOUT,
                GRACE,
                START_TIMEOUT,
                QUEUE_LIMIT);
    }

    private static boolean forks(String runtime, WorkerKind kind) {
        return runtime.equals("python") && kind == WorkerKind.PROCESS;
    }

    /** The name of its kind in the API. */
    public String kindLabel() {
        return kind.label();
    }

    /** The kind that has this name. */
    public static WorkerKind kindLabelled(String label) {
        return WorkerKind.valueOf(label.toUpperCase(Locale.ROOT));
    }

    /** The one that is meant when nothing is said. */
    public static String startMethod(String runtime, WorkerKind kind) {
        return forks(runtime, kind) ? "forkserver" : "spawn";
    }

    LaunchSpec launch(String pool) {
        return new LaunchSpec(pool, kind, command, startMethod, preload, env);
    }

    /** Whether workers of this specification can do for the other: what differs is no matter of theirs. */
    boolean startsSameWorkers(PoolSpec other) {
        return runtime.equals(other.runtime)
                && kind == other.kind
                && command.equals(other.command)
                && Objects.equals(initializer, other.initializer)
                && initargs.equals(other.initargs)
                && startMethod.equals(other.startMethod)
                && preload.equals(other.preload)
                && env.equals(other.env);
    }
}
