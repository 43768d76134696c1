package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A load of which nobody is left would prove nothing. */
class ClientsTest {
    private final Clients clients = new Clients();

    @Test
    void one_that_breaks_is_told_of_when_they_end() {
        clients.start(() -> {});
        clients.start(
                () -> {
                    throw new IllegalStateException("no such field");
                });
        assertThatThrownBy(clients::join)
                .isInstanceOf(AssertionError.class)
                .hasRootCauseMessage("no such field");
    }

    @Test
    void those_that_go_on_until_they_are_told_to_end_are_well() {
        clients.start(() -> {});
        assertThatCode(clients::join).doesNotThrowAnyException();
    }
}
