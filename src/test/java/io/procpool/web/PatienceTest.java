package io.procpool.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class PatienceTest {
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    private Patience.Wish prefer(String... headers) {
        for (var header : headers) {
            request.addHeader("Prefer", header);
        }
        return Patience.wish(request);
    }

    private static Patience.Wish wish(Integer seconds, String applied) {
        return new Patience.Wish(Optional.ofNullable(seconds).map(Duration::ofSeconds), applied);
    }

    @Test
    void who_says_nothing_has_said_nothing() {
        assertThat(Patience.wish(request)).isEqualTo(wish(null, null));
        assertThat(prefer("handling=lenient, return=minimal")).isEqualTo(wish(null, null));
    }

    @Test
    void respond_async_alone_does_not_wait() {
        assertThat(prefer("respond-async")).isEqualTo(wish(0, "respond-async"));
    }

    @Test
    void respond_async_with_a_wait_waits_so_long() {
        assertThat(prefer("respond-async, wait=10")).isEqualTo(wish(10, "respond-async, wait=10"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait=7",
                "Wait=7",
                " wait = 7 ",
                "wait=\"7\"",
                "wait=7; x=y",
                "handling=lenient,wait=7",
                "wait=7, wait=9",
                "note=\"a, wait=9\", wait=7"
            })
    void a_wait_is_whole_seconds_in_every_form_that_the_header_has(String header) {
        assertThat(prefer(header)).isEqualTo(wish(7, "wait=7"));
    }

    @Test
    void several_headers_are_one() {
        assertThat(prefer("wait=7", "respond-async", "wait=9"))
                .isEqualTo(wish(7, "respond-async, wait=7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"wait", "wait=", "wait=soon", "wait=1.5", "wait=-1", "wait=99999999999"})
    void a_wait_that_is_none_is_refused(String header) {
        assertThatThrownBy(() -> prefer(header)).satisfies(PatienceTest::isBadRequest);
    }

    private static void isBadRequest(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.problem()).isInstanceOf(BadRequest.class));
    }

    @Test
    void the_query_goes_before_the_header_and_is_not_confirmed_there() {
        request.setParameter("wait", "0.25");
        assertThat(prefer("respond-async, wait=10"))
                .isEqualTo(new Patience.Wish(Optional.of(Duration.ofMillis(250)), null));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1000",
        "0.5, 500",
        "1e1, 10000",
        "-3, 0",
        "-0.0, 0",
        "1e300, 31536000000"
    })
    void a_query_parameter_is_seconds_and_negative_ones_are_none(String text, long millis) {
        request.setParameter("timeout", text);
        assertThat(Patience.parameter(request, "timeout")).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "NaN", "1,5", "1s", "1d", "2f", "--1", "1 2", "null"})
    void a_query_parameter_that_is_no_number_is_refused(String text) {
        request.setParameter("timeout", text);
        assertThatThrownBy(() -> Patience.parameter(request, "timeout"))
                .satisfies(PatienceTest::isBadRequest)
                .hasMessageContaining("?timeout= needs a number of seconds");
    }

    @Test
    void patience_is_cut_to_five_minutes_where_it_has_to_be() {
        assertThat(Patience.capped(Duration.ofSeconds(299))).isEqualTo(Duration.ofSeconds(299));
        assertThat(Patience.capped(Duration.ofSeconds(301))).isEqualTo(Duration.ofMinutes(5));
        assertThat(Patience.capped(Patience.ENDLESS)).isEqualTo(Duration.ofMinutes(5));
    }
}
