package io.procpool.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.Accepted;
import io.procpool.job.JobStore.Found;
import io.procpool.job.JobStore.Label;
import io.procpool.job.JobStore.Query;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.StoreCondition.State;
import io.procpool.job.Submission;
import io.procpool.job.Terms;
import io.procpool.job.Ticket;
import io.procpool.job.Verb;
import io.procpool.payload.Payload;
import io.procpool.pool.PoolSpec;
import io.procpool.pool.PoolState;
import io.procpool.pool.PoolStore.StoredPool;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refused;
import io.procpool.service.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** What is SQLite's and the disk's: files, locks, room, time. */
class SqliteStoreTest {
    private static final Duration DAY = Duration.ofHours(24);

    @TempDir Path home;
    private volatile Instant now = Records.FINISHED;

    private Stores.Opened open() throws IOException {
        return open(home, Stores.LARGE);
    }

    private Stores.Opened open(Path folder, DataSize limit) throws IOException {
        Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
        return Stores.open(folder, clock, limit, DAY);
    }

    private static Submission large(int bytes) {
        var small = Records.submission(0, Terms.ASYNC, null, Verb.APPLY);
        return new Submission(
                small.pool(),
                small.verb(),
                small.func(),
                Payload.ofUtf8("[\"" + "x".repeat(bytes) + "\"]"),
                small.kwds(),
                null,
                null,
                null,
                null,
                0,
                true,
                small.terms(),
                null);
    }

    private static void finish(Stores.Opened store, int n, String value) {
        var end =
                new JobState.Succeeded(
                        Records.STARTED, Records.FINISHED, Payload.ofUtf8(value), List.of());
        var record = Records.with(Records.apply(n, true).record(), end);
        var stage = store.jobs().finish(new Ticket(Records.id(n), 1), record, null, List.of());
        assertThat(JobStoreContract.done(stage)).isTrue();
    }

    private List<Path> values() throws IOException {
        try (var files = Files.list(home.resolve("values"))) {
            return files.toList();
        }
    }

    @Test
    void what_was_stored_is_there_after_a_close_and_after_none() throws IOException {
        var opened = open();
        try (var first = opened) {
            first.jobs()
                    .accept(
                            List.of(Records.entry(1, large(2 << 20), true)),
                            new JobStore.Key("k", "f", "a"));
        }
        assertThat(home.resolve("store/running")).doesNotExist();
        // As kill -9 leaves it: a copy of the files while the service has them open.
        var copy = home.resolve("copy");
        try (var second = open()) {
            finish(second, 1, "\"" + "y".repeat(2 << 20) + "\"");
            copy(home.resolve("store"), copy.resolve("store"));
            copy(home.resolve("values"), copy.resolve("values"));
        }
        assertThat(copy.resolve("store/running")).exists();
        try (var third = open(copy, Stores.LARGE)) {
            var record = ((Found.There) third.jobs().find(Records.id(1))).record();
            assertThat(((JobState.Succeeded) record.state()).value())
                    .isEqualTo(Payload.ofUtf8("\"" + "y".repeat(2 << 20) + "\""));
            assertThat(third.jobs().look(new JobStore.Key("k", "f", "b")))
                    .isEqualTo(new Accepted.Replayed("a"));
        }
    }

    private Payload largeValue(Stores.Opened store) {
        store.jobs().accept(List.of(Records.entry(1, large(10), true)), null);
        finish(store, 1, "x".repeat(2 << 20));
        return value(store);
    }

    private static Payload value(Stores.Opened store) {
        var record = ((Found.There) store.jobs().find(Records.id(1))).record();
        return ((JobState.Succeeded) record.state()).value();
    }

    @Test
    void a_large_value_that_is_deleted_before_it_is_read_is_gone_and_takes_no_room()
            throws Exception {
        try (var store = open()) {
            var value = largeValue(store);
            deleteLarge(store, values().getFirst());
            assertThatThrownBy(() -> value.writeTo(OutputStream.nullOutputStream()))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(refused.problem())
                                            .isInstanceOf(Refusal.ResultUnknown.class));
        }
    }

    private static void deleteLarge(Stores.Opened store, Path file) {
        assertThat(store.jobs().forget(Records.id(1))).isTrue();
        try {
            Waiting.until("its file is deleted", () -> Files.notExists(file));
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void who_is_reading_a_large_value_that_is_deleted_gets_it_whole() throws Exception {
        try (var store = open()) {
            var value = largeValue(store);
            var file = values().getFirst();
            var out =
                    new ByteArrayOutputStream() {
                        @Override
                        public synchronized void write(byte[] piece, int from, int length) {
                            if (size() == 0) {
                                deleteLarge(store, file);
                            }
                            super.write(piece, from, length);
                        }
                    };
            value.writeTo(out);
            assertThat(out.toString(UTF_8)).isEqualTo("x".repeat(2 << 20));
        }
    }

    @Test
    void a_large_value_that_somebody_has_cut_short_is_not_taken_for_whole() throws Exception {
        try (var store = open()) {
            var value = largeValue(store);
            try (var file = FileChannel.open(values().getFirst(), StandardOpenOption.WRITE)) {
                file.truncate(100_000);
            }
            assertThatThrownBy(() -> value.writeTo(OutputStream.nullOutputStream()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("shorter");
        }
    }

    @Test
    void a_result_whose_large_value_somebody_has_deleted_can_be_looked_at_and_forgotten()
            throws Exception {
        try (var store = open()) {
            largeValue(store);
            Files.delete(values().getFirst());
            var lost = value(store);
            assertThatThrownBy(() -> lost.writeTo(OutputStream.nullOutputStream()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is not there");
            assertThat(store.jobs().forget(Records.id(1))).isTrue();
        }
    }

    @Test
    void a_job_whose_body_is_gone_fails_and_holds_up_no_other() throws Exception {
        try (var store = open()) {
            store.jobs()
                    .accept(
                            List.of(
                                    Records.entry(1, large(2 << 20), false),
                                    Records.apply(2, false)),
                            null);
            Files.delete(values().getFirst());
            var batch = store.jobs().claim("pool", Records.FINISHED, 10, Long.MAX_VALUE);
            assertThat(batch.jobs())
                    .extracting(job -> job.record().id())
                    .containsExactly(Records.id(2));
            Waiting.until(
                    "the other one has failed",
                    () ->
                            store.jobs().find(Records.id(1)) instanceof Found.There(var record)
                                    && record.state() instanceof JobState.Failed);
            assertThat(store.failed.getCount()).as("the store goes on").isOne();
        }
    }

    @Test
    void a_job_whose_row_is_damaged_fails_and_holds_up_no_other() throws Exception {
        try (var store = open()) {
            for (int n = 1; n <= 3; n++) {
                store.jobs().accept(List.of(Records.apply(n, false)), null);
            }
        }
        change(home, "UPDATE body SET submission = '{' WHERE job = 1");
        change(home, "DELETE FROM body WHERE job = 2");
        try (var store = open()) {
            var claimed = store.jobs().claim("pool", Records.FINISHED, 10, 1 << 20);
            assertThat(claimed.jobs())
                    .extracting(one -> one.record().id())
                    .containsExactly(Records.id(3));
            assertThat(claimed.more()).isFalse();
            for (int n = 1; n <= 2; n++) {
                var found = (Found.There) store.jobs().find(Records.id(n));
                assertThat(found.record().state()).isInstanceOf(JobState.Failed.class);
            }
        }
    }

    @Test
    void a_pool_can_be_ended_when_the_disk_is_full_but_none_can_be_made() throws Exception {
        try (var disk =
                Disk.mounted(home.resolve("full"), "-t", "tmpfs", "-o", "size=24m", "tmpfs")
                        .orElse(null)) {
            assumeTrue(disk != null, "no file system can be mounted here");
            try (var store = open(disk.path(), Stores.LARGE)) {
                var spec = PoolSpec.defaults("python", 1);
                store.pools().put(new StoredPool("p", spec, PoolState.RUN));
                fill(disk.path().resolve("filler"));
                assertThatThrownBy(
                                () -> {
                                    for (int n = 0; n < 100_000; n++) {
                                        store.pools()
                                                .put(new StoredPool("p" + n, spec, PoolState.RUN));
                                    }
                                })
                        .isInstanceOf(Refused.class);
                store.pools().put(new StoredPool("p", spec, PoolState.TERMINATE));
                assertThat(store.pools().find("p").orElseThrow().state())
                        .isEqualTo(PoolState.TERMINATE);
            }
        }
    }

    /** Else a listing goes through all jobs with one label for each that has the other. */
    @Test
    void a_listing_by_two_labels_looks_the_second_one_up_by_job() throws Exception {
        try (var _ = open();
                var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + home.resolve("store/procpool.db"));
                var statement = connection.createStatement()) {
            for (var value : new String[] {"geo", null}) {
                var labels = List.of(new Label("team", "geo"), new Label("colour", value));
                var query = new Query(null, null, null, labels, null, null, null, 10);
                var text = new Listing(query).text().replace("?", "'x'");
                var steps = new ArrayList<String>();
                try (var rows = statement.executeQuery("EXPLAIN QUERY PLAN " + text)) {
                    while (rows.next()) {
                        steps.add(rows.getString("detail"));
                    }
                }
                assertThat(steps)
                        .filteredOn(step -> step.startsWith("SEARCH l1 "))
                        .singleElement()
                        .asString()
                        .contains("id=?");
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void folders_and_files_are_for_nobody_else() throws IOException {
        try (var _ = open()) {
            for (var folder : List.of("store", "values")) {
                assertThat(permissions(home.resolve(folder))).isEqualTo("rwx------");
            }
            assertThat(permissions(home.resolve("store/procpool.db"))).isEqualTo("rw-------");
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_second_service_on_the_same_home_is_refused() throws IOException {
        try (var _ = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(Unusable.class)
                    .hasMessageContaining("another Procpool service is running on " + home);
        }
        open().close();
    }

    @Test
    void a_store_of_another_version_is_refused_and_left_as_it_is() throws Exception {
        open().close();
        for (var other :
                List.of(
                        "UPDATE flyway_schema_history SET checksum = 1 WHERE version = '1'",
                        "UPDATE flyway_schema_history SET version = '99'",
                        "INSERT INTO flyway_schema_history SELECT 99, '99', description, type, script,"
                                + " checksum, installed_by, installed_on, execution_time, success"
                                + " FROM flyway_schema_history")) {
            var copy = Files.createTempDirectory(home, "copy");
            copy(home.resolve("store"), copy.resolve("store"));
            change(copy, other);
            var before = Files.readAllBytes(copy.resolve("store/procpool.db"));
            assertThatThrownBy(() -> open(copy, Stores.LARGE))
                    .as(other)
                    .isInstanceOf(Unusable.class)
                    .hasMessageContaining("another version");
            assertThat(Files.readAllBytes(copy.resolve("store/procpool.db"))).isEqualTo(before);
        }
    }

    private static void change(Path home, String sql) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + home.resolve("store/procpool.db"));
                var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void an_sqlite_that_is_too_old_is_refused() {
        for (var old : List.of("3.51.2", "3.50.9", "2.99.99", "3.51")) {
            assertThatThrownBy(() -> Sqlite.checkVersion(old)).isInstanceOf(Unusable.class);
        }
        List.of("3.51.3", "3.52.0", "4.0.0", "3.54.1").forEach(Sqlite::checkVersion);
    }

    @Test
    void a_damaged_store_is_refused_after_an_unclean_stop() throws IOException {
        try (var store = open()) {
            for (int n = 1; n <= 300; n++) {
                store.jobs().accept(List.of(Records.apply(n, false)), null);
            }
        }
        Files.createFile(home.resolve("store/running"));
        var file = home.resolve("store/procpool.db");
        var bytes = Files.readAllBytes(file);
        for (int i = 8 * 4096; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        Files.write(file, bytes);
        assertThatThrownBy(this::open).isInstanceOf(Unusable.class);
    }

    @Test
    void one_write_that_fails_does_not_fail_its_group() throws Exception {
        try (var store = open()) {
            var database = store.store.database();
            var hold = new CountDownLatch(1);
            var holding = new CountDownLatch(1);
            var held =
                    database.changeLater(
                            _ -> {
                                holding.countDown();
                                await(hold);
                                return 0;
                            },
                            0);
            holding.await();
            var good = new ArrayList<CompletableFuture<Integer>>();
            var bad = new ArrayList<CompletableFuture<Integer>>();
            for (int n = 0; n < 60; n++) {
                var name = "p" + n;
                boolean broken = n % 20 == 7;
                var write =
                        database.<Integer>changeLater(
                                transaction ->
                                        transaction
                                                .of(
                                                        "INSERT INTO pool (name, state, spec) VALUES (?, ?, '')")
                                                .with(name)
                                                .with(broken ? "NONE" : "RUN")
                                                .run(),
                                0);
                (broken ? bad : good).add(write);
            }
            hold.countDown();
            assertThat(JobStoreContract.done(held)).isZero();
            good.forEach(one -> assertThat(JobStoreContract.done(one)).isEqualTo(1));
            bad.forEach(
                    one ->
                            assertThatThrownBy(() -> JobStoreContract.done(one))
                                    .hasCauseInstanceOf(SQLException.class)
                                    .hasMessageContaining("pool_state_is_known"));
            long rows =
                    database.<Long>read(
                            sql -> sql.of("SELECT count(*) FROM pool").first(Row::number).get());
            assertThat(rows).isEqualTo(57);
            assertThat(store.store.state()).isEqualTo(State.WELL);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void an_old_result_is_gone_and_its_room_given_back() throws Exception {
        try (var store = open()) {
            var key = new JobStore.Key("k", "f", "a");
            store.jobs().accept(List.of(Records.entry(1, large(2 << 20), true)), key);
            finish(store, 1, "\"" + "y".repeat(2 << 20) + "\"");
            for (int n = 2; n <= 40; n++) {
                store.jobs().accept(List.of(Records.entry(n, large(200_000), true)), null);
                finish(store, n, "\"" + "y".repeat(200_000) + "\"");
            }
            store.jobs().accept(List.of(Records.apply(41, false)), null);
            assertThat(values()).hasSize(2);
            long before = store.store.database().bytes();
            assertThat(before).isGreaterThan(16 << 20);
            store.store.retention().sweep();
            assertThat(store.jobs().find(Records.id(1))).isInstanceOf(Found.There.class);

            now = Records.FINISHED.plus(DAY).plusSeconds(1);
            store.store.retention().sweep();
            for (int n = 1; n <= 40; n++) {
                assertThat(store.jobs().find(Records.id(n))).isEqualTo(new Found.Gone());
            }
            assertThat(store.jobs().find(Records.id(41))).isInstanceOf(Found.There.class);
            assertThat(store.jobs().accept(List.of(Records.apply(1, false)), null))
                    .as("an id is not used again")
                    .isEqualTo(new Accepted.Conflict());
            assertThat(store.jobs().look(key))
                    .as("its job is gone")
                    .isEqualTo(new Accepted.Taken());
            assertThat(store.jobs().holdings().expired()).isEqualTo(40);
            assertThat(values()).isEmpty();
            Waiting.until(
                    "its room is given back", () -> store.store.database().bytes() < before / 8);

            now = now.plus(Duration.ofDays(8));
            store.store.retention().sweep();
            assertThat(store.jobs().find(Records.id(1))).isEqualTo(new Found.Unknown());
        }
    }

    @Test
    void the_tasks_of_a_very_long_map_are_dropped_in_parts() throws IOException {
        try (var store = open()) {
            store.jobs().accept(List.of(Records.map(1, true)), null);
            var claims =
                    IntStream.range(0, 3_500).mapToObj(i -> new TaskClaim(i, i, 1, 1)).toList();
            JobStoreContract.done(store.jobs().claimTasks(new Ticket(Records.id(1), 1), claims));
            finish(store, 1, "[]");
            assertThat(count(store, "task")).isEqualTo(2_500);
            store.store.retention().sweep();
            assertThat(count(store, "task") + count(store, "leftover")).isZero();
        }
    }

    private static long count(Stores.Opened store, String table) {
        return store.store
                .database()
                .<Long>read(
                        sql -> sql.of("SELECT count(*) FROM " + table).first(Row::number).get());
    }

    @Test
    void values_that_no_row_names_are_swept_out() throws IOException {
        try (var store = open()) {
            store.jobs().accept(List.of(Records.entry(1, large(2 << 20), false)), null);
            store.jobs().accept(List.of(Records.entry(1, large(2 << 20), false)), null);
        }
        assertThat(values()).as("that of the conflict is gone").hasSize(1);
        Files.write(home.resolve("values/orphan"), new byte[9]);
        try (var store = open()) {
            assertThat(values()).hasSize(1);
            var claimed = store.jobs().claim("pool", now, 1, 1).jobs();
            assertThat(claimed.getFirst().submission().args()).isEqualTo(large(2 << 20).args());
        }
    }

    @Test
    void beyond_its_limit_a_store_takes_nothing_and_goes_on_with_what_it_has() throws IOException {
        try (var store = open(home, DataSize.ofMegabytes(8))) {
            store.jobs().accept(List.of(Records.apply(1, true)), null);
            int n = 2;
            Refusal refusal = null;
            while (refusal == null && n < 200) {
                refusal = refusal(store, n++, 200_000);
            }
            assertThat(refusal).isInstanceOf(Refusal.StoreFull.class);
            assertThat(n).isGreaterThan(10);
            assertThat(store.jobs().find(Records.id(n - 1))).isEqualTo(new Found.Unknown());
            finish(store, 1, "1");
        }
    }

    @Test
    void a_small_store_takes_something_again_when_all_was_deleted() throws Exception {
        try (var store = open(home, DataSize.ofMegabytes(2))) {
            int n = 0;
            while (refusal(store, ++n, 40_000) == null) {}
            for (int i = 1; i < n; i++) {
                store.jobs().end(Records.id(i), new JobState.Cancelled(null, Records.FINISHED));
                assertThat(store.jobs().forget(Records.id(i))).isTrue();
            }
            assertThat(n).isGreaterThan(10);
            int next = 1_000;
            Waiting.until("it has room", () -> refusal(store, next, 40_000) == null);
        }
    }

    /** Null: it was taken. */
    private static Refusal refusal(Stores.Opened store, int n, int bytes) {
        try {
            store.jobs().accept(List.of(Records.entry(n, large(bytes), false)), null);
            return null;
        } catch (Refused refused) {
            return (Refusal) refused.problem();
        }
    }

    @Test
    void a_full_disk_refuses_what_is_new_lets_the_rest_wait_and_is_left_behind() throws Exception {
        var disk = Disk.mounted(home.resolve("disk"), "-t", "tmpfs", "-o", "size=24m", "tmpfs");
        assumeTrue(disk.isPresent(), "no tmpfs can be mounted here: this needs root");
        try (var mounted = disk.get();
                var store = open(mounted.path(), Stores.LARGE)) {
            for (int n = 1; n <= 20; n++) {
                store.jobs().accept(List.of(Records.apply(n, true)), null);
            }
            var filler = mounted.path().resolve("filler");
            fill(filler);
            Refusal refusal = null;
            int n = 100;
            while (refusal == null && n < 1_000) {
                refusal = refusal(store, n++, 100_000);
            }
            assertThat(refusal).isInstanceOf(Refusal.StoreFull.class);
            assertThat(refusal(store, 5_000, 3 << 20)).isInstanceOf(Refusal.StoreFull.class);
            fill(mounted.path().resolve("filler2")); // what the reserve has left
            var ends =
                    IntStream.rangeClosed(1, 20)
                            .mapToObj(i -> finishing(store, i, 400_000))
                            .toList();
            Waiting.until("it says so", () -> store.store.state() == State.FULL);
            assertThat(ends).anyMatch(one -> !one.isDone());
            assertThat(store.jobs().find(Records.id(1))).isInstanceOf(Found.There.class);
            Files.delete(filler);
            Files.delete(mounted.path().resolve("filler2"));
            ends.forEach(one -> assertThat(JobStoreContract.done(one)).isTrue());
            Waiting.until("it is well again", () -> store.store.state() == State.WELL);
            assertThat(refusal(store, 6_000, 10)).isNull();
            assertThat(store.failed.getCount()).isEqualTo(1);
        }
    }

    @Test
    void while_many_large_results_find_no_room_others_can_be_deleted() throws Exception {
        var disk = Disk.mounted(home.resolve("disk"), "-t", "tmpfs", "-o", "size=256m", "tmpfs");
        assumeTrue(disk.isPresent(), "no tmpfs can be mounted here: this needs root");
        try (var mounted = disk.get();
                var store = open(mounted.path(), Stores.LARGE)) {
            var filler = mounted.path().resolve("filler");
            var ends = endsOnAFullDisk(store, filler);
            assertThat(
                            CompletableFuture.supplyAsync(
                                            () -> {
                                                store.jobs().forget(Records.id(1));
                                                return store.jobs().find(Records.id(1));
                                            })
                                    .get(20, TimeUnit.SECONDS))
                    .isNotInstanceOf(Found.There.class);
            assertThat(ends).anyMatch(one -> !one.isDone());
            Files.delete(filler);
            ends.forEach(one -> assertThat(JobStoreContract.done(one)).isTrue());
        }
    }

    /** More than the queue of the writer takes of what is new. */
    private static List<CompletableFuture<Boolean>> endsOnAFullDisk(
            Stores.Opened store, Path filler) throws Exception {
        int last = 81;
        store.jobs()
                .accept(
                        IntStream.rangeClosed(1, last)
                                .mapToObj(n -> Records.apply(n, true))
                                .toList(),
                        null);
        assertThat(JobStoreContract.done(finishing(store, 1, 10))).isTrue();
        fill(filler);
        var ends =
                IntStream.rangeClosed(2, last).mapToObj(i -> finishing(store, i, 900_000)).toList();
        Waiting.until("it says so", () -> store.store.state() == State.FULL);
        return ends;
    }

    @Test
    void the_end_of_the_service_waits_for_no_disk() throws Exception {
        var disk = Disk.mounted(home.resolve("disk"), "-t", "tmpfs", "-o", "size=256m", "tmpfs");
        assumeTrue(disk.isPresent(), "no tmpfs can be mounted here: this needs root");
        try (var mounted = disk.get()) {
            var store = open(mounted.path(), Stores.LARGE);
            var ends = endsOnAFullDisk(store, mounted.path().resolve("filler"));
            CompletableFuture.runAsync(store::close).get(20, TimeUnit.SECONDS);
            assertThat(ends)
                    .allMatch(CompletableFuture::isDone)
                    .anyMatch(CompletableFuture::isCompletedExceptionally);
            Files.delete(mounted.path().resolve("filler"));
            try (var next = open(mounted.path(), Stores.LARGE)) {
                next.jobs().rescue(Records.FINISHED);
                for (int n = 2; n <= ends.size() + 1; n++) {
                    var found = (Found.There) next.jobs().find(Records.id(n));
                    boolean written = !ends.get(n - 2).isCompletedExceptionally();
                    assertThat(found.record().ready()).isEqualTo(written);
                }
            }
        }
    }

    private static CompletableFuture<Boolean> finishing(Stores.Opened store, int n, int bytes) {
        var end =
                new JobState.Succeeded(
                        null, Records.FINISHED, Payload.ofUtf8("y".repeat(bytes)), List.of());
        var record = Records.with(Records.apply(n, true).record(), end);
        return store.jobs()
                .finish(new Ticket(Records.id(n), 1), record, null, List.of())
                .toCompletableFuture();
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            var block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    @Test
    void a_disk_that_fails_ends_the_store_and_nothing_is_taken_any_more() throws Exception {
        var disk = Disk.ext4(home.resolve("disk"), home.resolve("image"));
        assumeTrue(disk.isPresent(), "no ext4 image can be mounted here: this needs root");
        try (var mounted = disk.get()) {
            var store = open(mounted.path(), Stores.LARGE);
            store.jobs().accept(List.of(Records.apply(1, true)), null);
            mounted.shutDown();
            assertThat(refusal(store, 2, 10)).isInstanceOf(Refusal.StoreFailed.class);
            assertThat(store.failed.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(store.store.state()).isEqualTo(State.FAILED);
            assertThat(store.store.sentence()).contains("failed");
            assertThat(refusal(store, 3, 10)).isInstanceOf(Refusal.StoreFailed.class);
            assertThatThrownBy(() -> JobStoreContract.done(finishing(store, 1, 10)))
                    .hasCauseInstanceOf(Refused.class);
            store.close();
        }
    }
}
