package io.procpool.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ETagsTest {

    @Test
    void a_version_is_a_quoted_number() {
        assertThat(ETags.of(12)).isEqualTo("\"12\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"12\"",
                " \"12\" ",
                "W/\"12\"",
                "\"3\", \"12\"",
                "\"3\",W/\"12\",\"4\"",
                "*",
                " * "
            })
    void a_header_matches_if_it_names_the_version_or_all(String header) {
        assertThat(ETags.matches(header, ETags.of(12))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "\"1\"", "\"122\"", "\"1\",\"2\"", "\"12", "w/\"12\"", "**"})
    void anything_else_does_not(String header) {
        assertThat(ETags.matches(header, ETags.of(12))).isFalse();
    }

    /** RFC 9110 section 13.1.1: who is about to change something must know it byte for byte. */
    @Test
    void a_weak_tag_does_not_match_strongly() {
        assertThat(ETags.matchesStrongly("W/\"12\"", ETags.of(12))).isFalse();
        assertThat(ETags.matchesStrongly("W/\"12\", \"3\"", ETags.of(12))).isFalse();
        assertThat(ETags.matchesStrongly("W/\"3\", \"12\"", ETags.of(12))).isTrue();
        assertThat(ETags.matchesStrongly("*", ETags.of(12))).isTrue();
        assertThat(ETags.matchesStrongly("*", "none")).isFalse();
    }

    @Test
    void nothing_matches_what_is_not_there() {
        assertThat(ETags.matches("*", "none")).isFalse();
        assertThat(ETags.matches("\"1\"", "none")).isFalse();
    }
}
