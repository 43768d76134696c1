package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Processes that asked to die with the thread that started them (PR_SET_PDEATHSIG), as forkservers do. */
class SpawnedChildTest {
    private static final String DIES_WITH_ITS_PARENT =
            """
            import ctypes, signal, sys
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            print("ready", flush=True)
            sys.stdin.read()
            print("end of input", flush=True)
            """;

    private final Spawner spawner = new Spawner(() -> {});

    private static Process ready(Process process) throws Exception {
        var line = new byte[6];
        process.getInputStream().readNBytes(line, 0, line.length);
        assertThat(new String(line, UTF_8)).isEqualTo("ready\n");
        return process;
    }

    private static ProcessBuilder python() {
        return new ProcessBuilder("python3", "-I", "-c", DIES_WITH_ITS_PARENT);
    }

    @Test
    void a_process_outlives_the_thread_that_asked_for_it() throws Exception {
        try (spawner) {
            var started = new CompletableFuture<Process>();
            var asking =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            started.complete(ready(spawner.start(python())));
                                        } catch (Exception failure) {
                                            started.completeExceptionally(failure);
                                        }
                                    });
            asking.join();
            var process = started.join();
            process.getOutputStream().close();
            assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("end of input\n");
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void it_dies_with_the_spawner_itself() throws Exception {
        var process = ready(spawner.start(python()));
        spawner.close();
        assertThat(process.waitFor()).as("SIGKILL").isEqualTo(128 + 9);
    }

    @Test
    void many_threads_get_a_process_of_their_own_each() throws Exception {
        try (spawner) {
            var starting = new ArrayList<CompletableFuture<String>>();
            for (int i = 0; i < 16; i++) {
                int number = i;
                starting.add(
                        CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        var process =
                                                spawner.start(
                                                        new ProcessBuilder("echo", "" + number));
                                        return new String(
                                                process.getInputStream().readAllBytes(), UTF_8);
                                    } catch (java.io.IOException failure) {
                                        throw new IllegalStateException(failure);
                                    }
                                }));
            }
            for (int i = 0; i < 16; i++) {
                assertThat(starting.get(i).join()).isEqualTo(i + "\n");
            }
        }
    }
}
