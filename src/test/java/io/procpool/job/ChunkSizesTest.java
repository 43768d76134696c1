package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkSizesTest {
    private static final int PROCESSES = 4;

    /** Cuts all items; each takes {@code perItem}, and each chunk ends before the next is cut. */
    private static List<Integer> cut(int items, Integer given, int processes, Duration perItem) {
        var sizes = new ChunkSizes(items, given);
        var cut = new ArrayList<Integer>();
        for (int left = items; left > 0; left -= cut.getLast()) {
            int next = sizes.next(left, processes);
            assertThat(next).isBetween(1, left);
            cut.add(next);
            sizes.measured(next, perItem.multipliedBy(next));
        }
        return cut;
    }

    private static int cpythons(int items, int processes) {
        return Math.ceilDiv(items, 4 * processes);
    }

    @Test
    void a_given_size_is_obeyed_and_the_last_chunk_is_the_rest() {
        assertThat(cut(100, 10, PROCESSES, Duration.ofHours(1))).containsOnly(10).hasSize(10);
        assertThat(cut(7, 3, PROCESSES, Duration.ofNanos(1))).containsExactly(3, 3, 1);
        assertThat(cut(7, 1_000_000_000, PROCESSES, Duration.ofNanos(1))).containsExactly(7);
        assertThat(cut(5, 1, 1024, Duration.ZERO)).containsExactly(1, 1, 1, 1, 1);
    }

    @Test
    void until_something_is_measured_chunks_are_single_items() {
        var sizes = new ChunkSizes(1_000_000, null);
        for (int i = 0; i < 100; i++) {
            assertThat(sizes.next(1_000_000 - i, PROCESSES)).isEqualTo(1);
        }
    }

    @Test
    void chunks_are_cut_to_a_tenth_of_a_second() {
        var sizes = new ChunkSizes(1_000_000, null);
        sizes.measured(1, Duration.ofMillis(1));
        assertThat(sizes.next(999_999, PROCESSES)).isEqualTo(100);
        sizes.measured(100, Duration.ofMillis(300)); // 3 ms an item: the mean of both is 2 ms
        assertThat(sizes.next(999_000, PROCESSES)).isEqualTo(50);
    }

    @Test
    void items_that_take_longer_than_that_go_one_by_one() {
        assertThat(cut(50, null, PROCESSES, Duration.ofSeconds(2))).containsOnly(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "100, 1", "100, 3", "1000, 2", "1000000, 4", "1000000, 1024"})
    void no_chunk_is_longer_than_cpythons(int items, int processes) {
        var cut = cut(items, null, processes, Duration.ofNanos(10));
        assertThat(cut).allMatch(size -> size <= Math.max(1, cpythons(items, processes)));
        assertThat(cut.getFirst()).isEqualTo(1);
        assertThat(cut.stream().mapToLong(size -> size).sum()).isEqualTo(items);
    }

    @Test
    void quick_items_reach_cpythons_size() {
        assertThat(cut(1_600_000, null, PROCESSES, Duration.ofNanos(10)))
                .contains(cpythons(1_600_000, PROCESSES));
    }

    @Test
    void the_last_chunks_get_smaller_so_that_workers_end_together() {
        var cut = cut(1_000_000, null, PROCESSES, Duration.ofNanos(10));
        assertThat(cut.getLast()).isEqualTo(1);
        var biggest = cut.indexOf(cut.stream().max(Integer::compare).orElseThrow());
        for (int i = biggest; i + 1 < cut.size(); i++) {
            assertThat(cut.get(i + 1)).isLessThanOrEqualTo(cut.get(i));
        }
        assertThat(cut.size()).as("and there are not many").isLessThan(200);
    }

    @Test
    void whatever_is_measured_all_items_are_cut_once() {
        long seed = new Random().nextInt();
        for (int round = 0; round < 300; round++) {
            var random = new Random(seed + round);
            int items = 1 + random.nextInt(5_000);
            var given = random.nextInt(3) == 0 ? Integer.valueOf(1 + random.nextInt(700)) : null;
            var sizes = new ChunkSizes(items, given);
            int left = items;
            while (left > 0) {
                int next = sizes.next(left, 1 + random.nextInt(64));
                assertThat(next).as("seed %d, round %d", seed, round).isBetween(1, left);
                left -= next;
                if (random.nextBoolean()) {
                    var ran = Duration.ofNanos(random.nextLong(Duration.ofSeconds(1).toNanos()));
                    sizes.measured(next, random.nextInt(10) == 0 ? Duration.ZERO : ran);
                }
            }
        }
    }
}
