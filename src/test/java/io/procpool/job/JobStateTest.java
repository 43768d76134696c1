package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobState.Cancelled;
import io.procpool.job.JobState.Event;
import io.procpool.job.JobState.Expired;
import io.procpool.job.JobState.Failed;
import io.procpool.job.JobState.Final;
import io.procpool.job.JobState.Pending;
import io.procpool.job.JobState.Running;
import io.procpool.job.JobState.Succeeded;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.service.Pictures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All that may happen to a job in each of its states, and the picture of it. */
class JobStateTest {
    private static final Instant BEGUN = Instant.parse("2025-01-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2025-01-01T00:00:09Z");
    private static final Payload VALUE = Payload.ofUtf8("1");
    private static final Failure LOST = new Failure.WorkerLost("crash_exit", 7, null, "");
    private static final Duration AFTER = Duration.ofSeconds(9);

    private static final List<JobState> UNFINISHED = List.of(new Pending(), new Running(BEGUN));
    private static final List<JobState> FINALS =
            List.of(
                    new Succeeded(BEGUN, BEGUN, VALUE, List.of()),
                    new Failed(null, BEGUN, LOST),
                    new Cancelled(BEGUN, BEGUN),
                    new Expired(BEGUN, AFTER));

    /** In the words of {@code docs/states.md}. */
    private static final Map<String, Event> EVENTS = new LinkedHashMap<>();

    static {
        EVENTS.put("a task began", new Event.Begun(NOW));
        EVENTS.put("all is done", new Event.Done(NOW, VALUE, List.of()));
        EVENTS.put("it broke", new Event.Broke(NOW, LOST));
        EVENTS.put("its tasks were cancelled", new Event.CancelDone(NOW));
        EVENTS.put("expires_in passed", new Event.Lapsed(NOW, AFTER));
    }

    private static Stream<JobState> all() {
        return Stream.concat(UNFINISHED.stream(), FINALS.stream());
    }

    @Test
    void a_pending_job_may_begin_or_end_in_any_way() {
        var expected =
                Map.of(
                        "a task began", new Running(NOW),
                        "all is done", new Succeeded(null, NOW, VALUE, List.of()),
                        "it broke", new Failed(null, NOW, LOST),
                        "its tasks were cancelled", new Cancelled(null, NOW),
                        "expires_in passed", new Expired(NOW, AFTER));
        assertThat(after(new Pending())).isEqualTo(expected);
    }

    @Test
    void a_running_job_ends_but_does_not_begin_again_nor_expire() {
        var running = new Running(BEGUN);
        var expected =
                Map.of(
                        "a task began", running,
                        "all is done", new Succeeded(BEGUN, NOW, VALUE, List.of()),
                        "it broke", new Failed(BEGUN, NOW, LOST),
                        "its tasks were cancelled", new Cancelled(BEGUN, NOW),
                        "expires_in passed", running);
        assertThat(after(running)).isEqualTo(expected);
    }

    @Test
    void a_final_state_stays_as_it_is_whatever_happens() {
        for (var end : FINALS) {
            assertThat(after(end).values()).allSatisfy(next -> assertThat(next).isSameAs(end));
        }
    }

    private static Map<String, JobState> after(JobState state) {
        var after = new LinkedHashMap<String, JobState>();
        EVENTS.forEach((name, event) -> after.put(name, JobState.after(state, event)));
        return after;
    }

    @Test
    void every_state_and_every_event_is_in_these_tables() {
        assertThat(all().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(leaves(JobState.class));
        assertThat(EVENTS.values().stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(leaves(Event.class));
    }

    private static Set<Class<?>> leaves(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(type -> type.isSealed() ? leaves(type).stream() : Stream.of(type))
                .collect(Collectors.toSet());
    }

    @Test
    void labels_are_those_of_the_api() {
        assertThat(all().map(JobState::label)).containsExactlyElementsOf(JobState.LABELS);
        assertThat(UNFINISHED.stream().map(JobState::label))
                .containsExactlyElementsOf(JobState.UNFINISHED);
        assertThat(all().map(state -> state.getClass().getSimpleName().toLowerCase(Locale.ROOT)))
                .containsExactlyElementsOf(JobState.LABELS);
    }

    @Test
    void the_picture_in_the_docs_has_every_step_of_the_code_and_no_other() throws IOException {
        var drawn = Pictures.steps(Path.of("docs/states.md"), 0);
        var coded = new TreeSet<String>();
        coded.add("[*] --> " + new Pending().label());
        all().filter(Final.class::isInstance).forEach(end -> coded.add(end.label() + " --> [*]"));
        for (var state : UNFINISHED) {
            after(state)
                    .forEach(
                            (event, next) -> {
                                if (!next.equals(state)) {
                                    coded.add(
                                            state.label() + " --> " + next.label() + ": " + event);
                                }
                            });
        }
        assertThat(drawn).isEqualTo(coded);
    }
}
