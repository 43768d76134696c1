package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that kills its workers. G6. */
class PoisonTest {
    private static final int CRASHES = 3;

    @TempDir private Path home;

    @Test
    void it_is_run_three_times_and_put_aside_and_its_neighbours_pay_nothing() throws Exception {
        try (var trial = Trial.in(home)) {
            trial.start();
            var neighbours = IntStream.range(0, 20).mapToObj(n -> Ask.slow("n" + n, 0.05)).toList();
            trial.caller.submit(Ask.batch(neighbours.subList(0, 10), null));
            var poison = trial.caller.submit(Ask.of(Ask.killing("poison", CRASHES))).ids();
            trial.caller.submit(Ask.batch(neighbours.subList(10, 20), null));
            trial.settle();

            var jobs = trial.evidence().dump.listed();
            var poisoned =
                    jobs.stream()
                            .filter(job -> poison.contains(job.id()))
                            .findFirst()
                            .orElseThrow();
            assertThat(poisoned.problem()).isEqualTo("quarantined");
            assertThat(poisoned.runs())
                    .hasSize(CRASHES)
                    .allMatch(run -> "worker-lost".equals(run.problem()));
            assertThat(jobs)
                    .filteredOn(job -> !poison.contains(job.id()))
                    .hasSize(20)
                    .allMatch(job -> job.state().equals("succeeded") && job.runs().size() == 1);

            var held = trial.caller.get("/v1/quarantine").json().findValues("id").getFirst();
            var evidence = trial.caller.get("/v1/quarantine/" + held.asString()).json();
            assertThat(evidence.get("job").asString()).isEqualTo(poison.getFirst());
            assertThat(evidence.get("attempts").size()).isEqualTo(CRASHES);
            assertThat(evidence.get("attempts").valueStream())
                    .allMatch(attempt -> attempt.get("signal").asInt() == 9);

            var released =
                    trial.caller.release(held.asString(), "poison", poison.getFirst()).json();
            assertThat(released.get("retry_of").asString()).isEqualTo(poison.getFirst());
            trial.settle();
            assertThat(trial.evidence().dump.quarantine()).isEmpty();
            assertThat(trial.verdict()).isEmpty();
        }
    }
}
