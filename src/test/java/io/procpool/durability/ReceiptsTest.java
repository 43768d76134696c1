package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients make of an answer. */
class ReceiptsTest {
    @Test
    void what_of_a_batch_was_refused_has_no_id_and_is_not_granted() {
        var ask = Ask.batch(List.of(Ask.ok("a"), Ask.ok("b"), Ask.ok("c")), null);
        var answer =
                Caller.JSON.readTree(
                        "{\"results\":[{\"id\":\"1\"},{\"problem\":{}},{\"id\":\"3\"}]}");
        var granted = Receipts.granted(ask, answer);
        assertThat(granted.ids()).containsExactly("1", "3");
        assertThat(granted.wanted()).extracting(Wanted::tag).containsExactly("a", "c");
        assertThat(Receipts.refused(ask, answer).wanted())
                .extracting(Wanted::tag)
                .containsExactly("b");
    }
}
