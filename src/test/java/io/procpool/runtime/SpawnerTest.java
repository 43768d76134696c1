package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.AbstractList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The death of the thread that starts processes. F45. */
class SpawnerTest {
    private static final long CEILING_SECONDS = 60;

    private final AtomicInteger deaths = new AtomicInteger();
    private final CompletableFuture<Void> death = new CompletableFuture<>();
    private final Spawner spawner =
            new Spawner(
                    () -> {
                        deaths.incrementAndGet();
                        death.complete(null);
                    });

    /** A builder that ends the thread it is started on: an Error is nothing that anybody is prepared for. */
    private static ProcessBuilder fatal() {
        return new ProcessBuilder(
                new AbstractList<>() {
                    @Override
                    public String get(int index) {
                        throw new StackOverflowError();
                    }

                    @Override
                    public int size() {
                        return 1;
                    }
                });
    }

    private CompletableFuture<Throwable> starting(ProcessBuilder builder) {
        var outcome = new CompletableFuture<Throwable>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                outcome.complete(
                                        new AssertionError("started " + spawner.start(builder)));
                            } catch (Throwable failure) {
                                outcome.complete(failure);
                            }
                        });
        return outcome;
    }

    @Test
    void a_process_is_started_and_one_that_cannot_be_is_an_exception_of_its_caller()
            throws Exception {
        try (spawner) {
            assertThatThrownBy(() -> spawner.start(new ProcessBuilder("/no/such/program")))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> spawner.start(new ProcessBuilder("echo", null)))
                    .isInstanceOf(IOException.class);
            assertThat(spawner.start(new ProcessBuilder("true")).waitFor()).isZero();
        }
        assertThat(deaths).hasValue(0);
    }

    @Test
    void its_death_is_told_once_and_nobody_waits_for_a_process_that_will_not_come()
            throws Exception {
        var fatal = starting(fatal());
        death.get(CEILING_SECONDS, TimeUnit.SECONDS);
        assertThat(fatal.get(CEILING_SECONDS, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        var late = starting(new ProcessBuilder("true"));
        assertThat(late.get(CEILING_SECONDS, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(deaths).hasValue(1);
    }

    @Test
    void to_be_closed_is_no_death() throws Exception {
        spawner.close();
        var late = starting(new ProcessBuilder("true"));
        assertThat(late.get(CEILING_SECONDS, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(deaths).hasValue(0);
    }
}
