package io.procpool.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What one generation of a pool's workers has in common.
 *
 * @param startMethod {@code forkserver} or {@code spawn}
 * @param preload modules that are imported before the first fork
 * @param env environment variables beside the few that every worker gets
 * @param startTimeout how long one worker may take until it is welcomed
 */
public record LaunchSpec(
        String pool,
        String startMethod,
        List<String> preload,
        Map<String, String> env,
        Duration startTimeout) {
    public LaunchSpec {
        preload = List.copyOf(preload);
        env = Map.copyOf(env);
    }
}
