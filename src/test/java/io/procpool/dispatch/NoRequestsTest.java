package io.procpool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoRequestsTest {

    @Test
    void every_ask_is_answered_with_its_id_and_that_it_is_not_supported() {
        for (var header : new Header[] {Header.EMPTY, Header.of(Map.of("what", "lock"))}) {
            var answer = new NoRequests().answer("ref", Frame.of(Kind.ASK, -1, header));
            assertThat(answer.is(Kind.ANSWER)).isTrue();
            assertThat(answer.callId()).as("unsigned").isEqualTo(-1);
            assertThat(answer.header().toString()).contains("\"problem\":\"not-supported\"");
        }
    }
}
