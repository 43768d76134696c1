package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.PoolNotRunning;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A work that may have nothing now and something later. */
class StreamQueueTest {
    private static final int LIMIT = 1;
    private static final FairQueue.Taker NOBODY = () -> {};

    private final FairQueue queue = new FairQueue("pool");
    private final List<Failure> dropped = new ArrayList<>();

    /** It has nothing, whenever it is asked. */
    private final Work stream =
            new Work() {
                @Override
                public int priority() {
                    return 0;
                }

                @Override
                public boolean waitedFor() {
                    return true;
                }

                @Override
                public boolean lasting() {
                    return true;
                }

                @Override
                public Taken next(int processes) {
                    return null;
                }

                @Override
                public void drop(Failure why) {
                    dropped.add(why);
                }
            };

    @Test
    void it_is_the_queues_until_it_is_withdrawn() {
        queue.offer(stream, LIMIT);
        assertThat(queue.poll(NOBODY, 1)).isNull();
        assertThat(queue.size()).isZero();
        assertThat(queue.drained()).isFalse();
        queue.remove(stream);
        assertThat(queue.drained()).isTrue();
    }

    @Test
    void it_comes_back_to_a_queue_that_takes_nothing_new_and_wakes_who_waits() {
        var woken = new ArrayList<Boolean>();
        queue.offer(stream, LIMIT);
        assertThat(queue.poll(() -> woken.add(true), 1)).isNull();
        queue.refuse(new PoolNotRunning("pool", "CLOSE"));
        queue.again(stream);
        assertThat(woken).hasSize(1);
        assertThat(queue.size()).isOne();
        assertThat(queue.waitedFor()).isZero(); // it was counted when it came
        assertThat(queue.poll(NOBODY, 1)).isNull();
        assertThat(queue.waitedFor()).isZero();
    }

    @Test
    void it_does_not_come_back_when_it_was_withdrawn() {
        queue.offer(stream, LIMIT);
        assertThat(queue.poll(NOBODY, 1)).isNull();
        queue.remove(stream);
        queue.again(stream);
        assertThat(queue.size()).isZero();
        assertThat(queue.drained()).isTrue();
    }

    @Test
    void it_is_dropped_once_when_the_queue_is_closed_be_it_in_line_or_not() {
        var why = new Failure.PoolTerminated("pool");
        queue.offer(stream, LIMIT);
        queue.close(why);
        assertThat(dropped).containsExactly(why);

        var other = new FairQueue("other");
        other.offer(stream, LIMIT);
        assertThat(other.poll(NOBODY, 1)).isNull();
        other.close(why);
        assertThat(dropped).containsExactly(why, why);
        other.again(stream);
        assertThat(dropped).containsExactly(why, why, why);
    }
}
