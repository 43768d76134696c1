package io.procpool.payload;

import static io.procpool.payload.Bodies.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.procpool.problem.Failure.ResultTooLarge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinerTest {
    private final Joiner joiner = new Joiner(1_000_000);

    @Test
    void chunks_in_any_order_join_to_the_same() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var chunks = new ArrayList<List<String>>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                chunks.add(random.ints(random.nextInt(4)).mapToObj(Integer::toString).toList());
            }
            String plain =
                    chunks.stream()
                            .flatMap(List::stream)
                            .collect(Collectors.joining(",", "[", "]"));
            var order = new ArrayList<Integer>();
            for (int i = 0; i < chunks.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            var exact = new Joiner(plain.length());
            var tooSmall = new Joiner(plain.length() - 1);
            for (int chunk : order) {
                var text =
                        Payload.ofUtf8(
                                chunks.get(chunk).stream()
                                        .collect(Collectors.joining(",", " [ ", "\n]\t")));
                exact.add(chunk, text);
                tooSmall.add(chunk, text);
            }
            assertThat(exact.tooLarge()).as("seed %d", seed).isFalse();
            assertThat(exact.join().utf8()).as("seed %d", seed).isEqualTo(plain);
            assertThat(tooSmall.tooLarge()).as("seed %d", seed).isTrue();
        }
    }

    @Test
    void no_chunks_and_empty_chunks_join_to_an_empty_array() {
        assertThat(joiner.join().utf8()).isEqualTo("[]");
        var empties = new Joiner(2);
        empties.add(1, Payload.ofUtf8("[ ]"));
        empties.add(0, Payload.ofUtf8("[]"));
        assertThat(empties.join().utf8()).isEqualTo("[]");
        assertThat(empties.join().utf8()).isEqualTo("[]");
    }

    @Test
    void empty_chunks_leave_no_commas() {
        joiner.add(3, Payload.ofUtf8("[[ ]]"));
        joiner.add(0, Payload.ofUtf8("[]"));
        joiner.add(2, Payload.ofUtf8("[\n]"));
        joiner.add(1, Payload.ofUtf8("[\"a\" , 2 ]"));
        joiner.add(4, Payload.ofUtf8("[]"));
        assertThat(joiner.join().utf8()).isEqualTo("[\"a\" , 2,[ ]]");
    }

    @Test
    void a_chunk_may_be_a_slice_of_a_larger_array() {
        joiner.add(0, Payload.ofUtf8("xx[1,2]yy").slice(2, 7));
        assertThat(joiner.join().utf8()).isEqualTo("[1,2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[", "]", "1", "{}", "[1", "1]", "[1] x", "null", "]["})
    void what_is_no_array_is_refused_and_changes_nothing(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> joiner.add(0, Payload.ofUtf8(text)));
        joiner.add(0, Payload.ofUtf8("[1]"));
        assertThat(joiner.join().utf8()).isEqualTo("[1]");
    }

    @Test
    void each_chunk_comes_once() {
        joiner.add(0, Payload.ofUtf8("[0]"));
        joiner.add(2, Payload.ofUtf8("[2]"));
        assertThatIllegalArgumentException().isThrownBy(() -> joiner.add(0, Payload.ofUtf8("[0]")));
        assertThatIllegalArgumentException().isThrownBy(() -> joiner.add(2, Payload.ofUtf8("[2]")));
        assertThatIllegalArgumentException().isThrownBy(() -> joiner.add(-1, Payload.ofUtf8("[]")));
        assertThatIllegalStateException()
                .isThrownBy(joiner::join)
                .withMessage("chunk 1 is missing");
        joiner.add(1, Payload.ofUtf8("[1]"));
        assertThat(joiner.join().utf8()).isEqualTo("[0,1,2]");
        assertThatIllegalStateException().isThrownBy(() -> joiner.add(3, Payload.ofUtf8("[3]")));
    }

    @Test
    void chunks_that_are_held_count_as_soon_as_they_arrive() {
        var small = new Joiner(10);
        small.add(5, Payload.ofUtf8("[12345678]"));
        assertThat(small.tooLarge()).isFalse();
        small.add(3, Payload.ofUtf8("[1]"));
        assertThat(small.tooLarge()).isTrue();
        small.add(0, Payload.ofUtf8("[1]"));
        small.add(4, Payload.ofUtf8("[]"));
        assertThat(small.tooLarge()).isTrue();
        assertThat(problem(small::join)).isEqualTo(new ResultTooLarge(10));
    }
}
