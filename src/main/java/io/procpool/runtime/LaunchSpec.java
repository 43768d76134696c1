package io.procpool.runtime;

import java.util.List;
import java.util.Map;

/**
 * What one generation of a pool's workers has in common.
 *
 * @param command of runtime {@code command}: the program and its arguments
 * @param startMethod {@code forkserver} or {@code spawn}
 * @param preload modules that are imported before the first fork
 * @param env environment variables beside the few that every worker gets
 */
public record LaunchSpec(
        String pool,
        WorkerKind kind,
        List<String> command,
        String startMethod,
        List<String> preload,
        Map<String, String> env) {
    public LaunchSpec {
        command = List.copyOf(command);
        preload = List.copyOf(preload);
        env = Map.copyOf(env);
    }
}
