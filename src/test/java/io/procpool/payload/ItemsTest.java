package io.procpool.payload;

import static io.procpool.payload.Bodies.sliced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemsTest {
    @ParameterizedTest
    @ValueSource(strings = {"iterable", "other"})
    void items_of_every_kind_are_cut_out_without_the_space_around_them(String name) {
        var items =
                sliced(
                                "{\"x\":[9],\""
                                        + name
                                        + "\" : [ 1,\"a,]\" ,{\"b\":[1, 2]} , [ ] ,\n null\t, \"\" ] }")
                        .items(name);
        assertThat(IntStream.range(0, items.size()).mapToObj(i -> items.item(i).utf8()))
                .containsExactly("1", "\"a,]\"", "{\"b\":[1, 2]}", "[ ]", "null", "\"\"");
    }

    @Test
    void ranges_are_arrays_and_are_written_as_they_are_copied() throws IOException {
        var items = sliced("{\"iterable\":[ 1 , 2,[3] ]}").items("iterable");
        for (int from = 0; from <= 3; from++) {
            for (int to = from; to <= 3; to++) {
                var out = new ByteArrayOutputStream();
                items.writeRange(from, to, out);
                assertThat(items.range(from, to)).isEqualTo(Payload.of(out.toByteArray()));
            }
        }
        assertThat(items.range(0, 3).utf8()).isEqualTo("[1 , 2,[3]]");
        assertThat(items.range(1, 2).utf8()).isEqualTo("[2]");
        assertThat(items.range(2, 2).utf8()).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[ ]", "[\n\n]"})
    void an_empty_array_has_no_items(String array) {
        var items = sliced("{\"iterable\":" + array + "}").items("iterable");
        assertThat(items.size()).isZero();
        assertThat(items.range(0, 0).utf8()).isEqualTo("[]");
        assertThatThrownBy(() -> items.item(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> items.range(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void only_the_outermost_iterable_is_listed() {
        var object =
                sliced(
                        "{\"kwds\":{\"iterable\":[1,2,3]},\"iterable\":[[4,5],{\"iterable\":[6]}],\"z\":[7]}");
        assertThat(object.items("iterable").range(0, 2).utf8())
                .isEqualTo("[[4,5],{\"iterable\":[6]}]");
        assertThat(object.items("iterable").size()).isEqualTo(2);
        assertThat(object.items("z").range(0, 1).utf8()).isEqualTo("[7]");
    }
}
