package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.runtime.WorkerKind;
import io.procpool.service.NodePools;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a function knows of its call and says of how far it is, in each runtime and kind. */
class EveryRuntimeTest {
    @TempDir private Path folder;

    enum Subject {
        PYTHON_PROCESS("python", WorkerKind.PROCESS),
        PYTHON_THREAD("python", WorkerKind.THREAD),
        JAVA_PROCESS("java", WorkerKind.PROCESS),
        JAVA_THREAD("java", WorkerKind.THREAD),
        NODE("command", WorkerKind.PROCESS);

        private final String runtime;
        private final WorkerKind kind;

        Subject(String runtime, WorkerKind kind) {
            this.runtime = runtime;
            this.kind = kind;
        }

        private List<String> command() {
            return this == NODE ? NodePools.WORKER : List.of();
        }

        private PythonPool pool() throws InterruptedException {
            if (this == NODE) {
                NodePools.requireNode();
            }
            var plain = PythonPool.spec(1);
            return PythonPool.of(
                    new PoolSpec(
                            runtime,
                            kind,
                            command(),
                            1,
                            null,
                            plain.initargs(),
                            null,
                            null,
                            null,
                            null,
                            PoolSpec.startMethod(runtime, kind),
                            plain.preload(),
                            plain.env(),
                            plain.taskTimeout(),
                            plain.grace(),
                            plain.startTimeout(),
                            plain.queueLimit()));
        }

        private String known() {
            return switch (this) {
                case PYTHON_PROCESS, PYTHON_THREAD -> "rooms.whoami";
                case JAVA_PROCESS, JAVA_THREAD -> "functions.Says.known";
                case NODE -> "tasks.whoami";
            };
        }

        private Asked says(PythonPool pool) {
            return switch (this) {
                case PYTHON_PROCESS, PYTHON_THREAD ->
                        pool.call("rooms.tell", "[[0],[1.5,4],[2.5,4,\"größe\"]]");
                case JAVA_PROCESS, JAVA_THREAD ->
                        pool.call("functions.Says.all", "[2.5,4,\"größe\"]");
                case NODE -> pool.call("tasks.tell", "[[0],[1.5,4],[2.5,4,\"größe\"]]");
            };
        }

        private Asked saysAndHangs(PythonPool pool, Path file) {
            return switch (this) {
                case PYTHON_PROCESS, PYTHON_THREAD ->
                        pool.call("rooms.tell_and_hang", "[\"" + file + "\"]");
                case JAVA_PROCESS, JAVA_THREAD -> pool.call("functions.Says.hang", "[1]");
                case NODE -> pool.call("tasks.tell_and_hang", "[]");
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_function_knows_its_call_and_what_it_says_is_heard(Subject subject) throws Exception {
        try (var pool = subject.pool()) {
            for (int attempt = 1; attempt <= 2; attempt++) {
                var origin = new Call.Origin("job-1", 41, attempt, false);
                var asked = new Asked(subject.known(), "[]", null, origin);
                pool.pool.submit(asked);
                assertThat(asked.value()).isEqualTo("[\"job-1\",41," + attempt + "]");
            }
            var said = subject.says(pool);
            assertThat(said.outcome()).isInstanceOf(Outcome.Returned.class);
            assertThat(said.told()).endsWith(new Reported(2.5, 4.0, "größe"));
            assertThat(said.told()).extracting(Reported::done).isSorted();

            var running = subject.saysAndHangs(pool, folder.resolve(subject.name()));
            Waiting.until("it is heard", () -> !running.told().isEmpty());
            assertThat(running.hasEnded()).isFalse();
            assertThat(running.told()).extracting(Reported::done).containsExactly(1.0);
            running.cancel();
            assertThat(running.failure()).isEqualTo(new Failure.Cancelled());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_call_that_wants_a_worker_of_its_own_gets_one(Subject subject) throws Exception {
        try (var pool = subject.pool()) {
            assertThat(pool.call(subject.known(), "[]").value()).isNotBlank();
            assertThat(pool.fresh(subject.known(), "[]").value())
                    .isEqualTo("[\"fresh " + subject.known() + "\",0,2]");
            assertThat(pool.call(subject.known(), "[]").value()).isNotBlank();
            pool.awaitExits(ExitReason.FRESH, ExitReason.FRESH);
            assertThat(pool.exits()).extracting(PythonPool.Exited::served).containsOnly(1);
        }
    }
}
