package io.procpool.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Refused;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Random bodies against the trees that Jackson reads of the same texts. (As texts: its byte parser refuses a lone surrogate in a name.) */
class RandomBodiesTest {
    private static final JsonMapper TREES =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNumberLength(1_000_000)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();
    private static final int ROUNDS = Boolean.getBoolean("procpool.deep") ? 20_000 : 500;

    private final Slicer slicer = new Slicer(Limits.DEFAULT);
    private final long firstSeed = new Random().nextInt();

    @Test
    void slices_of_random_bodies_are_what_a_tree_of_the_whole_has() {
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            var json = new RandomJson(seed);
            String body = json.space() + json.object(4) + json.space();
            compare(seed, slicer.slice(body.getBytes(UTF_8)), TREES.readTree(body));
        }
    }

    private void compare(long seed, SlicedObject sliced, JsonNode tree) {
        assertThat(sliced.names())
                .as("seed %d", seed)
                .containsExactlyElementsOf(tree.propertyNames());
        for (String name : sliced.names()) {
            JsonNode value = tree.get(name);
            assertThat(read(sliced.raw(name))).as("seed %d", seed).isEqualTo(value);
            assertThat(sliced.raw(name).utf8())
                    .as("seed %d", seed)
                    .isEqualTo(sliced.raw(name).utf8().strip());
            if (value.isString()) {
                assertThat(sliced.string(name)).as("seed %d", seed).hasValue(value.stringValue());
            }
            if (value.isObject()) {
                compare(seed, sliced.object(name), value);
            }
            if (value.isArray()) {
                compare(seed, sliced.items(name), value);
            }
        }
    }

    private void compare(long seed, Items items, JsonNode array) {
        assertThat(items.size()).as("seed %d", seed).isEqualTo(array.size());
        for (int i = 0; i < items.size(); i++) {
            assertThat(read(items.item(i))).as("seed %d", seed).isEqualTo(array.get(i));
        }
        int middle = items.size() / 2;
        var halves = new Joiner(Long.MAX_VALUE);
        halves.add(1, items.range(middle, items.size()));
        halves.add(0, items.range(0, middle));
        assertThat(read(halves.join())).as("seed %d", seed).isEqualTo(array);
    }

    @Test
    void the_depth_and_the_size_of_random_values_are_those_of_their_trees() {
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            String value = new RandomJson(seed).value(6);
            var form = Nesting.of(Payload.ofUtf8(value));
            var tree = TREES.readTree(value);
            assertThat(form.depth()).as("seed %d", seed).isEqualTo(depth(tree));
            assertThat(form.elements())
                    .as("seed %d", seed)
                    .isEqualTo(tree.isArray() ? tree.size() : Nesting.NO_ARRAY);
        }
    }

    private static int depth(JsonNode node) {
        int inner = node.valueStream().mapToInt(RandomBodiesTest::depth).max().orElse(0);
        return node.isContainer() ? inner + 1 : 0;
    }

    @Test
    void damaged_bodies_are_taken_exactly_when_they_are_still_valid() {
        for (long seed = firstSeed; seed < firstSeed + ROUNDS * 20L; seed++) {
            var random = new Random(seed);
            byte[] body = damaged(random, new RandomJson(seed).object(2).getBytes(UTF_8));
            assertThat(taken(body)).as("seed %d", seed).isEqualTo(isObject(body));
        }
    }

    private static byte[] damaged(Random random, byte[] body) {
        int at = random.nextInt(body.length);
        switch (random.nextInt(3)) {
            case 0 -> body[at] = (byte) "\"\\{}[],:0-.eEtrufalsn \n/+x".charAt(random.nextInt(26));
            case 1 -> body[at] = (byte) random.nextInt(128);
            default -> {
                return Arrays.copyOf(body, at);
            }
        }
        return body;
    }

    private boolean taken(byte[] body) {
        try {
            slicer.slice(body);
            return true;
        } catch (Refused refused) {
            assertThat(refused.problem().toString()).doesNotContain("jackson", "Feature", "Source");
            return false;
        }
    }

    private static boolean isObject(byte[] body) {
        boolean utf8 = Arrays.equals(new String(body, UTF_8).getBytes(UTF_8), body);
        try (var parser = TREES.createParser(new String(body, UTF_8))) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            return utf8 && object && parser.skipChildren().nextToken() == null;
        } catch (JacksonException invalid) {
            return false;
        }
    }

    private static JsonNode read(Payload payload) {
        return TREES.readTree(payload.utf8());
    }
}
