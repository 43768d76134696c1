package io.procpool.pool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.payload.Kind;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.payload.Slicer;
import io.procpool.problem.Refused;
import io.procpool.runtime.WorkerKind;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * The pools to have at start.
 *
 * @param pools by name; the settings of {@code default} change the one that is always there
 */
@ConfigurationProperties("procpool")
record PoolsSettings(@DefaultValue Map<String, Configured> pools) {

    /** As {@link PoolSpec}. Durations are seconds, or text as {@code 500ms}; an empty task timeout is the default one. */
    record Configured(
            @Nullable String runtime,
            @DefaultValue("process") WorkerKind kind,
            @DefaultValue List<String> command,
            @Nullable Integer processes,
            @Nullable String initializer,
            @DefaultValue("[]") String initargs,
            @Nullable Integer maxtasksperchild,
            @Nullable Long maxMemoryPerChild,
            @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration maxAge,
            @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration idleTimeout,
            @Nullable String startMethod,
            @DefaultValue List<String> preload,
            @DefaultValue Map<String, String> env,
            @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("3600") Duration taskTimeout,
            @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("5") Duration grace,
            @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("30") Duration startTimeout,
            @DefaultValue("10000") int queueLimit) {

        /** @param preferred the runtime if none is named */
        PoolSpec spec(String preferred, int cpus) {
            var named = runtime == null ? preferred : runtime;
            return new PoolSpec(
                    named,
                    kind,
                    command,
                    processes == null ? cpus : processes,
                    initializer,
                    Payload.ofUtf8(initargs),
                    maxtasksperchild,
                    maxMemoryPerChild,
                    maxAge,
                    idleTimeout,
                    startMethod == null ? PoolSpec.startMethod(named, kind) : startMethod,
                    preload,
                    env,
                    taskTimeout,
                    grace,
                    startTimeout,
                    queueLimit);
        }
    }

    PoolsSettings {
        pools.forEach(PoolsSettings::check);
    }

    /** While the settings are read: then the refusal to start says which one it is. */
    private static void check(String name, Configured pool) {
        if (!PoolSpec.isName(name)) {
            throw new IllegalArgumentException(
                    "procpool.pools: '" + name + "' is no name for a pool");
        }
        try {
            pool.spec("python", 1);
            var initargs =
                    new Slicer(Limits.DEFAULT)
                            .slice(("{\"initargs\":" + pool.initargs() + "}").getBytes(UTF_8));
            if (initargs.kind("initargs") != Kind.ARRAY) {
                throw new IllegalArgumentException("initargs must be a JSON array");
            }
        } catch (IllegalArgumentException | Refused wrong) {
            throw new IllegalArgumentException(
                    "procpool.pools." + name + ": " + wrong.getMessage(), wrong);
        }
    }
}
