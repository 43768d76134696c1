package io.procpool.store;

import static io.procpool.store.JobStoreContract.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobStore;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Task;
import io.procpool.job.Ticket;
import io.procpool.payload.Payload;
import io.procpool.service.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that may be written of a task in each of its states, and the picture of it. */
class TaskStatesTest {
    private static final Path PAGE = Path.of("docs/states.md");
    private static final String NOT_THERE = "[*]";

    /** A map of two tasks: the other one keeps it from its outcome. */
    private static final TaskClaim FIRST = new TaskClaim(0, 0, 1, 1);

    private static final TaskClaim SECOND = new TaskClaim(0, 0, 1, 2);

    @TempDir private Path home;
    private Stores.Opened stored;
    private JobStore store;
    private int job;

    /** In the words of the page. */
    private final Map<String, Runnable> events = new LinkedHashMap<>();

    @BeforeEach
    void open() throws IOException {
        stored = Stores.open(home);
        store = stored.jobs();
        events.put("its first attempt is claimed", () -> claim(FIRST));
        events.put("its next attempt is claimed", () -> claim(SECOND));
        events.put("it will run again", this::again);
        events.put("the service was lost", () -> store.rescue(Records.FINISHED));
        events.put("its end is written", this::end);
        events.put("the job has its outcome", this::finish);
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private Ticket ticket() {
        return new Ticket(Records.id(job), 1);
    }

    private void claim(TaskClaim claim) {
        done(store.claimTasks(ticket(), List.of(claim)));
    }

    private void again() {
        done(store.again(ticket(), FIRST, List.of(Records.attempt(1, null))));
    }

    private void end() {
        var value = new Task.End.Value(Payload.ofUtf8("[1]"), List.of());
        var attempts = List.of(Records.attempt(1, null));
        done(store.ended(ticket(), FIRST, value, attempts, 0, null));
    }

    private void finish() {
        done(store.finish(ticket(), Records.failed(job), null, List.of()));
    }

    /** A job of its own, whose task is in that state, as its first attempt. */
    private void bring(String state) {
        job++;
        store.accept(List.of(Records.map(job, true)), null);
        switch (state) {
            case NOT_THERE -> {}
            case "claimed" -> claim(FIRST);
            case "waiting" -> {
                claim(FIRST);
                again();
            }
            case "ended" -> {
                claim(FIRST);
                end();
            }
            default -> throw new AssertionError("how does a task come to be " + state + "?");
        }
        assertThat(state()).isEqualTo(state);
    }

    private String state() {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var question =
                        connection.prepareStatement(
                                "SELECT task.state FROM task JOIN job ON job.n = task.job WHERE job.id = ?")) {
            question.setBytes(1, Ids.bytes(Records.id(job)));
            try (var rows = question.executeQuery()) {
                return rows.next() ? rows.getString(1) : NOT_THERE;
            }
        } catch (SQLException | IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Path file() throws IOException {
        try (var files = Files.walk(home)) {
            return files.filter(file -> file.endsWith("procpool.db")).findFirst().orElseThrow();
        }
    }

    /** Those of the migration's CHECK. */
    private static List<String> states() throws IOException {
        var migration = new StringBuilder();
        try (var files = Files.list(Path.of("src/main/resources/db/migration/sqlite"))) {
            for (var file : files.sorted().toList()) {
                migration.append(Files.readString(file));
            }
        }
        var check =
                Pattern.compile("task_state_is_known CHECK \\(state IN \\(([^)]*)\\)")
                        .matcher(migration);
        assertThat(check.find()).isTrue();
        return List.of(check.group(1).replace("'", "").split(", *"));
    }

    @Test
    void the_picture_in_the_docs_has_every_step_that_the_store_makes_and_no_other()
            throws IOException {
        var made = new TreeSet<String>();
        var states = new TreeSet<>(states());
        states.add(NOT_THERE);
        for (var state : states) {
            for (var event : events.entrySet()) {
                bring(state);
                event.getValue().run();
                if (!state().equals(state)) {
                    made.add(state + " --> " + state() + ": " + event.getKey());
                }
            }
        }
        assertThat(Pictures.steps(PAGE, 1)).isEqualTo(made);
    }
}
